import { types } from 'node:util';
import { hiddenForm } from './recorded-privacy.js';
import { redactPairs, redactText, redactValue } from './redaction/index.js';
import { cut, errorMessage, errorType } from './thrown-value.js';

const LONGEST = 1024;
const LOOKED_AT = 2 * LONGEST;
/** Levels of nesting that are written; below stands what kind of value it is. */
const DEEPEST = 5;
/** Elements of an array, and properties of an object, that are written. */
const WIDEST = 32;

/**
 * A value as text for a span attribute: JSON where JSON has a form for it, at most 1024 characters. Secrets are redacted
 * by the names of their keys and by what they look like, and what the lists of privacy name is hashed or redacted; `name` is
 * the value's own, as of a parameter. Only as much of the value is read as is written; getters are not called and Proxies are
 * left alone, `toJSON` is asked. Never throws.
 */
export function recordedValue(value: unknown, name = ''): string {
  try {
    if (value === undefined) return 'undefined';
    const hidden = hiddenForm(name, value);
    if (hidden !== undefined) return hidden;
    const writer = new ValueWriter();
    writer.write(value, 0, name);
    return cut(writer.text, LONGEST);
  } catch (error) {
    return `[unreadable: ${errorType(error)}]`;
  }
}

/** Writes JSON until there is enough of it. */
class ValueWriter {
  text = '';
  private readonly path = new Set<object>();

  write(value: unknown, depth: number, key = ''): void {
    if (typeof value === 'object' && value !== null) this.writeObject(value, depth, key);
    else if (typeof value === 'number' && Number.isFinite(value)) this.text += JSON.stringify(redactValue(key, value));
    else if (typeof value === 'boolean') this.text += String(value);
    else if (value === null || value === undefined) this.text += 'null';
    else this.writeText(textOf(value));
  }

  private get full(): boolean {
    return this.text.length > LONGEST;
  }

  private writeText(value: string): void {
    // Twice what is written: a secret at the cut is known by what follows it.
    this.text += JSON.stringify(cut(redactText(value.length > LOOKED_AT ? value.slice(0, LOOKED_AT) : value), LONGEST));
  }

  private writeObject(value: object, depth: number, key: string): void {
    const simple = this.path.has(value) ? '[circular]' : simpleForm(value);
    if (simple !== undefined || depth >= DEEPEST) {
      this.writeText(simple ?? `[${kindOf(value)}]`);
      return;
    }
    this.path.add(value);
    const safe = redactPairs(key, value);
    if (Array.isArray(safe)) this.writeItems(itemsOf(safe), safe.length, depth);
    else if (types.isSet(value)) this.writeItems(Set.prototype.values.call(value), value.size, depth);
    else if (types.isMap(value)) this.writeEntries(Map.prototype.entries.call(value), value.size, depth, key);
    else this.writeOwnForm(safe, depth, key);
    this.path.delete(value);
  }

  /** What an object says of itself by `toJSON` (an entity, a DTO that hides fields), else its properties. */
  private writeOwnForm(value: object, depth: number, key: string): void {
    const toJson = methodOf(value, 'toJSON');
    const form: unknown = toJson === undefined ? value : Reflect.apply(toJson, value, ['']);
    // An asynchronous one was never meant for JSON; that it fails is nobody's business.
    if (types.isPromise(form)) form.then(undefined, () => undefined);
    if (form !== value) {
      this.write(form, depth + 1, key);
      return;
    }
    const keys = Object.keys(value);
    this.writeEntries(propertiesOf(value, keys), keys.length, depth, key);
  }

  private writeItems(items: Iterable<unknown>, size: number, depth: number): void {
    this.text += '[';
    let count = 0;
    for (const item of items) {
      if (count > 0) this.text += ',';
      if (count === WIDEST || this.full) {
        this.writeText(`… ${size - count} more`);
        break;
      }
      this.write(item, depth + 1);
      count += 1;
    }
    this.text += ']';
  }

  private writeEntries(
    entries: Iterable<readonly [unknown, unknown]>,
    size: number,
    depth: number,
    holder: string,
  ): void {
    this.text += '{';
    let count = 0;
    for (const [key, item] of entries) {
      if (item === undefined) continue;
      if (count > 0) this.text += ',';
      if (count === WIDEST || this.full) {
        this.text += `"…":"${size - count} more"`;
        break;
      }
      const name = typeof key === 'object' && key !== null ? `[${kindOf(key)}]` : textOf(key);
      this.writeText(name);
      this.text += ':';
      const hidden = hiddenForm(name, item, holder);
      if (hidden === undefined) this.write(item, depth + 1, name);
      else this.writeText(hidden);
      count += 1;
    }
    this.text += '}';
  }
}

/** The elements by their places: an iterator may be the application's own, and an element an accessor. */
function* itemsOf(list: readonly unknown[]): Generator<unknown> {
  for (let index = 0; index < list.length; index += 1) {
    const descriptor = Object.getOwnPropertyDescriptor(list, index);
    yield descriptor?.get === undefined ? descriptor?.value : '[getter]';
  }
}

/** A method of an object or its classes, found without calling a getter. */
function methodOf(value: object, name: string): ((this: unknown, ...args: unknown[]) => unknown) | undefined {
  for (let holder: object | null = value; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor === undefined) continue;
    return typeof descriptor.value === 'function'
      ? (descriptor.value as (this: unknown, ...args: unknown[]) => unknown)
      : undefined;
  }
  return undefined;
}

/** Own enumerable properties; of an accessor only that it is one. */
function* propertiesOf(value: object, keys: readonly string[]): Generator<readonly [string, unknown]> {
  for (const key of keys) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (descriptor === undefined) continue;
    yield [key, descriptor.get === undefined ? (descriptor.value as unknown) : '[getter]'];
  }
}

// Writing out a number of a million digits takes seconds.
const MANY_DIGITS = 10n ** 100n;

function textOf(value: unknown): string {
  if (typeof value === 'bigint' && (value > MANY_DIGITS || value < -MANY_DIGITS)) return '[bigint]';
  return typeof value === 'function' ? `[function ${value.name}]` : String(value);
}

/** The text of what has one form and no parts worth reading; `undefined` for everything else. */
function simpleForm(value: object): string | undefined {
  if (types.isProxy(value)) return '[Proxy]';
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (types.isRegExp(value)) return value.toString();
  if (types.isNativeError(value)) return `${errorType(value)}: ${errorMessage(value)}`;
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value))
    return `[${kindOf(value)} of ${value.byteLength} bytes]`;
  // User name, password and query of an address may be secrets.
  if (value instanceof URL) return `${value.protocol}//${value.host}${value.pathname}`;
  const opaque = types.isPromise(value) || types.isGeneratorObject(value) || types.isBoxedPrimitive(value);
  return opaque ? `[${kindOf(value)}]` : undefined;
}

function kindOf(value: object): string {
  const constructor = (Object.getPrototypeOf(value) as { constructor?: unknown } | null)?.constructor;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'Object';
}

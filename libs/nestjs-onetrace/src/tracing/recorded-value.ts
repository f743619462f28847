import { types } from 'node:util';
import { BoundedJson } from './bounded-json.js';
import { hiddenForm } from './recorded-privacy.js';
import { redactPairs, redactText, redactValue } from './redaction/index.js';
import { cut, errorMessage, errorType } from './thrown-value.js';
import { kindOf, simpleForm, textOf } from './value-text.js';

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
class ValueWriter extends BoundedJson {
  constructor() {
    super({ room: LONGEST + 1, widest: WIDEST });
  }

  write(value: unknown, depth: number, key = ''): void {
    if (typeof value === 'object' && value !== null) this.writeObject(value, depth, key);
    else if (typeof value === 'number' && Number.isFinite(value)) this.text += JSON.stringify(redactValue(key, value));
    else if (typeof value === 'boolean') this.text += String(value);
    else if (value === null || value === undefined) this.text += 'null';
    else this.writeText(textOf(value));
  }

  protected override quoted(text: string): string {
    // Twice what is written: a secret at the cut is known by what follows it.
    return JSON.stringify(cut(redactText(text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text), LONGEST));
  }

  private writeText(value: string): void {
    this.text += this.quoted(value);
  }

  private writeObject(value: object, depth: number, key: string): void {
    const simple = this.path.has(value) ? '[circular]' : recordedForm(value);
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

  protected override writeItem(item: unknown, depth: number): void {
    this.write(item, depth);
  }

  protected override writeProperty(key: string, value: unknown, depth: number, holder: string): void {
    const hidden = hiddenForm(key, value, holder);
    if (hidden === undefined) this.write(value, depth, key);
    else this.writeText(hidden);
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

/** The text of what has one form and no parts worth reading; `undefined` for everything else. */
function recordedForm(value: object): string | undefined {
  if (types.isProxy(value)) return '[Proxy]';
  if (types.isNativeError(value)) return `${errorType(value)}: ${errorMessage(value)}`;
  // User name, password and query of an address may be secrets.
  if (value instanceof URL) return `${value.protocol}//${value.host}${value.pathname}`;
  return types.isBoxedPrimitive(value) ? `[${kindOf(value)}]` : simpleForm(value);
}

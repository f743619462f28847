import { types } from 'node:util';
import { errorType, redactText, redactValue } from '../tracing/index.js';
import { quoteJson } from './json-text.js';
import { describeThrown } from './line-error.js';

/** Levels of nesting that are written; below stands what kind of value it is. */
const DEEPEST = 12;
/** Elements of an array, and properties of an object, that are written. */
const WIDEST = 1000;
// Writing out a number of a million digits takes seconds.
const MANY_DIGITS = 10n ** 100n;

/**
 * A property of a line as JSON, secrets redacted; `undefined` where there is nothing to write. Reads no more of the value than
 * about so many characters take. Survives every value: what cannot be read says so in its place.
 */
export function propertyJson(key: string, value: unknown, room: number): string | undefined {
  const allowed = redactValue(key, bounded(value, room));
  if (typeof allowed === 'string') return quoteJson(allowed);
  if (typeof allowed === 'boolean' || (typeof allowed === 'number' && Number.isFinite(allowed))) return `${allowed}`;
  return allowed === undefined ? undefined : new ValueWriter(room).json(key, allowed);
}

/** A value of an object as one may read it from anybody's: its getter, or its Proxy, may throw. */
export function readProperty(from: object, key: string): unknown {
  try {
    return (from as Record<string, unknown>)[key];
  } catch (error) {
    return `[unreadable: ${errorType(error)}]`;
  }
}

/** The longest text is cut before it is looked through for secrets: what is so long is not written whole anyway. */
function bounded(value: unknown, room: number): unknown {
  return typeof value === 'string' && value.length > room ? `${value.slice(0, room)}…` : value;
}

class ValueWriter {
  private text = '';
  private readonly path = new Set<object>();

  constructor(private readonly room: number) {}

  json(key: string, value: unknown): string {
    this.write(key, value, 0);
    return this.text;
  }

  private get full(): boolean {
    return this.text.length >= this.room;
  }

  private write(key: string, value: unknown, depth: number): void {
    if (value === null) this.text += 'null';
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
      this.text += `${value}`;
    else if (typeof value === 'object') this.writeGuarded(key, value, depth);
    else this.text += quoteJson(textOf(value));
  }

  /** Takes what stands under a key; what has no value there is no member at all in JSON, and null in a list. */
  private writeMember(key: string, value: unknown, depth: number): void {
    this.write(key, redactValue(key, bounded(value, this.room)) ?? null, depth);
  }

  /** What throws on the way leaves nothing half-written behind. */
  private writeGuarded(key: string, value: object, depth: number): void {
    const before = this.text;
    try {
      this.writeObject(key, value, depth);
    } catch (error) {
      this.text = before;
      this.text += quoteJson(`[unreadable: ${errorType(error)}]`);
    } finally {
      this.path.delete(value);
    }
  }

  private writeObject(key: string, value: object, depth: number): void {
    const simple = this.path.has(value) ? '[circular]' : simpleForm(value);
    if (simple !== undefined || depth >= DEEPEST) {
      this.text += quoteJson(simple ?? `[${kindOf(value)}]`);
      return;
    }
    this.path.add(value);
    if (Array.isArray(value)) this.writeItems(value, value.length, depth);
    else if (types.isSet(value)) this.writeItems(Set.prototype.values.call(value), value.size, depth);
    else if (types.isMap(value)) this.writeEntries(Map.prototype.entries.call(value), value.size, depth);
    else if (types.isNativeError(value)) this.write(key, describeThrown(value), depth + 1);
    else this.writeOwnForm(key, value, depth);
  }

  /** What an object says of itself by `toJSON` (an entity, a DTO that hides fields), else its properties. */
  private writeOwnForm(key: string, value: object, depth: number): void {
    const { toJSON } = value as { toJSON?: unknown };
    const form: unknown = typeof toJSON === 'function' ? Reflect.apply(toJSON, value, [key]) : value;
    if (form === value) {
      const keys = Object.keys(value);
      return this.writeEntries(propertiesOf(value, keys), keys.length, depth);
    }
    this.writeMember(key, form, depth + 1);
  }

  private writeItems(items: Iterable<unknown>, size: number, depth: number): void {
    this.text += '[';
    let count = 0;
    for (const item of items) {
      if (count > 0) this.text += ',';
      if (count === WIDEST || this.full) {
        this.text += `"… ${size - count} more"`;
        break;
      }
      this.writeMember('', item, depth + 1);
      count += 1;
    }
    this.text += ']';
  }

  private writeEntries(entries: Iterable<readonly [unknown, unknown]>, size: number, depth: number): void {
    this.text += '{';
    let count = 0;
    for (const [name, item] of entries) {
      if (item === undefined) continue;
      if (count > 0) this.text += ',';
      if (count === WIDEST || this.full) {
        this.text += `"…":"${size - count} more"`;
        break;
      }
      const key = typeof name === 'string' ? name : keyOf(name);
      this.text += `${quoteJson(key)}:`;
      this.writeMember(key, item, depth + 1);
      count += 1;
    }
    this.text += '}';
  }
}

function* propertiesOf(value: object, keys: readonly string[]): Generator<readonly [string, unknown]> {
  for (const key of keys) yield [key, readProperty(value, key)];
}

function keyOf(name: unknown): string {
  return typeof name === 'object' && name !== null ? `[${kindOf(name)}]` : textOf(name);
}

function textOf(value: unknown): string {
  if (typeof value === 'bigint' && (value > MANY_DIGITS || value < -MANY_DIGITS)) return '[bigint]';
  return typeof value === 'function' ? `[function ${nameOf(value)}]` : String(value);
}

/** The text of what has one form and no parts worth reading; `undefined` for everything else. */
function simpleForm(value: object): string | undefined {
  if (types.isDate(value)) {
    const time = Date.prototype.getTime.call(value);
    return Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString();
  }
  if (types.isRegExp(value)) return RegExp.prototype.toString.call(value);
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value))
    return `[${kindOf(value)} of ${value.byteLength} bytes]`;
  if (value instanceof URL) return redactText(value.href);
  if (types.isBoxedPrimitive(value)) return textOf(value.valueOf());
  const opaque =
    types.isPromise(value) || types.isGeneratorObject(value) || types.isWeakMap(value) || types.isWeakSet(value);
  return opaque ? `[${kindOf(value)}]` : undefined;
}

function kindOf(value: object): string {
  const constructor = (Object.getPrototypeOf(value) as { constructor?: unknown } | null)?.constructor;
  return typeof constructor === 'function' ? nameOf(constructor) || 'Object' : 'Object';
}

/** A class may have a static `name` of its own, which need not be a text. */
export function nameOf(named: object): string {
  const name = readProperty(named, 'name');
  return typeof name === 'string' ? name : '';
}

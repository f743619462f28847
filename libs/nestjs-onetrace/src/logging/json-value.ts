import { types } from 'node:util';
import { BoundedJson, errorType, kindOf, redactProperty, redactText, simpleForm, textOf } from '../tracing/index.js';
import { quoteJson } from './json-text.js';
import { describeThrown } from './line-error.js';

/** Levels of nesting that are written; below stands what kind of value it is. */
const DEEPEST = 12;
/** Elements of an array, and properties of an object, that are written. */
const WIDEST = 1000;

/**
 * A property of a line as JSON, secrets redacted; `undefined` where there is nothing to write. Reads no more of the value than
 * about so many characters take. Survives every value: what cannot be read says so in its place.
 */
export function propertyJson(key: string, value: unknown, room: number): string | undefined {
  const allowed = redactProperty(key, bounded(value, room));
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

class ValueWriter extends BoundedJson {
  constructor(private readonly room: number) {
    super({ room, widest: WIDEST });
  }

  json(key: string, value: unknown): string {
    this.write(key, value, 0);
    return this.text;
  }

  protected override quoted(text: string): string {
    return quoteJson(text);
  }

  protected override writeItem(item: unknown, depth: number): void {
    this.writeProperty('', item, depth);
  }

  private write(key: string, value: unknown, depth: number): void {
    if (value === null) this.text += 'null';
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
      this.text += `${value}`;
    else if (typeof value === 'object') this.writeGuarded(key, value, depth);
    else this.text += quoteJson(textOf(value));
  }

  /** Takes what stands under a key; what has no value there is no member at all in JSON, and null in a list. */
  protected override writeProperty(key: string, value: unknown, depth: number, holder = ''): void {
    this.write(key, redactProperty(key, bounded(value, this.room), holder) ?? null, depth);
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
    const simple = this.path.has(value) ? '[circular]' : lineForm(value);
    if (simple !== undefined || depth >= DEEPEST) {
      this.text += quoteJson(simple ?? `[${kindOf(value)}]`);
      return;
    }
    this.path.add(value);
    if (Array.isArray(value)) this.writeItems(value, value.length, depth);
    else if (types.isSet(value)) this.writeItems(Set.prototype.values.call(value), value.size, depth);
    else if (types.isMap(value)) this.writeEntries(Map.prototype.entries.call(value), value.size, depth, key);
    else if (types.isNativeError(value)) this.write(key, describeThrown(value), depth + 1);
    else this.writeOwnForm(key, value, depth);
  }

  /** What an object says of itself by `toJSON` (an entity, a DTO that hides fields), else its properties. */
  private writeOwnForm(key: string, value: object, depth: number): void {
    const { toJSON } = value as { toJSON?: unknown };
    const form: unknown = typeof toJSON === 'function' ? Reflect.apply(toJSON, value, [key]) : value;
    if (form === value) {
      const keys = Object.keys(value);
      return this.writeEntries(propertiesOf(value, keys), keys.length, depth, key);
    }
    this.writeProperty(key, form, depth + 1);
  }
}

function* propertiesOf(value: object, keys: readonly string[]): Generator<readonly [string, unknown]> {
  for (const key of keys) yield [key, readProperty(value, key)];
}

/** The text of what has one form and no parts worth reading; `undefined` for everything else. */
function lineForm(value: object): string | undefined {
  if (value instanceof URL) return redactText(value.href);
  return types.isBoxedPrimitive(value) ? textOf(value.valueOf()) : simpleForm(value);
}

import { kindOf, textOf } from './value-text.js';

/** How much of a value is written. */
export interface JsonBounds {
  /** Characters after which nothing more is begun. */
  readonly room: number;
  /** Elements of a list, and properties of an object. */
  readonly widest: number;
}

/**
 * The part that all writers of JSON have in common who write only so much of a value, and read no more of it than they
 * write: lists and objects, and how they say what they left out.
 */
export abstract class BoundedJson {
  text = '';
  /** Objects inside of which the writer is. */
  protected readonly path = new Set<object>();

  constructor(private readonly bounds: JsonBounds) {}

  /** A text as JSON. */
  protected abstract quoted(text: string): string;
  /** Writes an element of a list. */
  protected abstract writeItem(item: unknown, depth: number): void;
  /** Writes the value of a property; `holder` is the key of the object that has it. */
  protected abstract writeProperty(key: string, value: unknown, depth: number, holder: string): void;

  protected writeItems(items: Iterable<unknown>, size: number, depth: number): void {
    this.text += '[';
    let count = 0;
    for (const item of items) {
      if (count > 0) this.text += ',';
      if (this.isEnough(count)) {
        this.text += `"… ${size - count} more"`;
        break;
      }
      this.writeItem(item, depth + 1);
      count += 1;
    }
    this.text += ']';
  }

  /** What has no value is no member at all, as in JSON. */
  protected writeEntries(
    entries: Iterable<readonly [unknown, unknown]>,
    size: number,
    depth: number,
    holder: string,
  ): void {
    this.text += '{';
    let count = 0;
    for (const [name, item] of entries) {
      if (item === undefined) continue;
      if (count > 0) this.text += ',';
      if (this.isEnough(count)) {
        this.text += `"…":"${size - count} more"`;
        break;
      }
      const key = typeof name === 'string' ? name : keyOf(name);
      this.text += `${this.quoted(key)}:`;
      this.writeProperty(key, item, depth + 1, holder);
      count += 1;
    }
    this.text += '}';
  }

  private isEnough(count: number): boolean {
    return count === this.bounds.widest || this.text.length >= this.bounds.room;
  }
}

function keyOf(name: unknown): string {
  return typeof name === 'object' && name !== null ? `[${kindOf(name)}]` : textOf(name);
}

import { OTHER } from '../semantics/index.js';
import { redactValue } from '../tracing/index.js';

/** Longer values are nobody's name. */
const LONGEST = 128;

/** A label whose values come from outside: the first so many stand in it, and every other one counts as `_OTHER`. */
export class BoundedLabel {
  private readonly known = new Set<string>();

  /** @param limit different values that are told apart. */
  constructor(private readonly limit: number) {}

  of(value: string): string {
    if (this.known.has(value)) return value;
    if (this.known.size >= this.limit || value.length > LONGEST) return OTHER;
    // What looks like a secret is none either, and a metric has no other guard.
    if (redactValue('', value) !== value) return OTHER;
    this.known.add(value);
    return value;
  }
}

import { REDACTED } from './redaction-rules.js';

const SHORTEST = 13;
const LONGEST = 19;
/** Cards are written in groups of at most so many digits; longer groups are parts of a UUID and the like. */
const LONGEST_GROUP = 6;
/**
 * First digits and lengths that are issued (ISO/IEC 7812): without them one in ten timestamps and numeric IDs would pass for a
 * card by its check digit.
 */
const ISSUED =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14,17}|6\d{15,18}|5[06-8]\d{14,17}|8[12]\d{14})$/;
// Groups of digits, one space or hyphen between them.
const DIGITS = /\d+(?:[ -]\d+)*/g;
const WORD = /\w/;

/** Whether digits are the number of a payment card: issued form and a right check digit (Luhn). */
export function isCardNumber(digits: string): boolean {
  const { length } = digits;
  return length >= SHORTEST && length <= LONGEST && ISSUED.test(digits) && new CheckSums(digits).hold(0, length);
}

/** Replaces the numbers of payment cards, written together or in groups. */
export function redactCardNumbers(text: string): string {
  return text.replace(DIGITS, (found, at: number) => {
    if (found.length < SHORTEST) return found;
    const before = text[at - 1] ?? ' ';
    const after = text[at + found.length] ?? ' ';
    // A telephone number, a fraction.
    if (before === '+' || before === '.') return found;
    const groups = found.split(/[ -]/);
    // What is part of a word, of hexadecimal digits for example, is none; after `card_` it may be one.
    const beginsInWord = /[A-Za-z0-9]/.test(before);
    const endsInWord = WORD.test(after);
    if (groups.length === 1) return !beginsInWord && !endsInWord && isCardNumber(found) ? REDACTED : found;
    return redactGroups(found, groups, beginsInWord ? 1 : 0, endsInWord ? groups.length - 1 : groups.length);
  });
}

/** Looks for cards among neighbouring groups; each group begins at most nineteen attempts. */
function redactGroups(found: string, groups: readonly string[], first: number, end: number): string {
  const digits = groups.join('');
  const sums = new CheckSums(digits);
  let text = '';
  let copied = 0;
  /** Where the group begins: among the digits, and in the text with what separates the groups. */
  let from = 0;
  let at = 0;
  for (let index = 0; index < groups.length;) {
    let size = (groups[index] as string).length;
    let width = size;
    let card = 0;
    let cardWidth = 0;
    let next = index + 1;
    for (; index >= first && next <= end && size <= LONGEST; next += 1) {
      if (size >= SHORTEST && sums.hold(from, from + size) && ISSUED.test(digits.slice(from, from + size))) {
        card = next - index;
        cardWidth = width;
      }
      const added = next < end ? (groups[next] as string).length : LONGEST;
      if (added > LONGEST_GROUP || (groups[index] as string).length > LONGEST_GROUP) break;
      size += added;
      width += added + 1;
    }
    if (card > 0) {
      text += found.slice(copied, at) + REDACTED;
      copied = at + cardWidth;
    }
    for (const last = index + Math.max(card, 1); index < last; index += 1) {
      from += (groups[index] as string).length;
      at += (groups[index] as string).length + 1;
    }
  }
  return copied === 0 ? found : text + found.slice(copied);
}

/** Luhn's sums of every part of some digits, in one step each. */
class CheckSums {
  /** Sum of the digits before an index where those at even, and at odd, indexes are doubled. */
  private readonly even: Int32Array;
  private readonly odd: Int32Array;

  constructor(digits: string) {
    const { length } = digits;
    this.even = new Int32Array(length + 1);
    this.odd = new Int32Array(length + 1);
    for (let index = 0; index < length; index += 1) {
      const digit = digits.charCodeAt(index) - 48;
      const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
      const isEven = index % 2 === 0;
      this.even[index + 1] = (this.even[index] as number) + (isEven ? doubled : digit);
      this.odd[index + 1] = (this.odd[index] as number) + (isEven ? digit : doubled);
    }
  }

  /** Whether the last of the digits from `start` to `end` is their check digit: every second one before it counts double. */
  hold(start: number, end: number): boolean {
    const sums = end % 2 === 0 ? this.even : this.odd;
    return ((sums[end] as number) - (sums[start] as number)) % 10 === 0;
  }
}

import { REDACTED } from './redaction-rules.js';

const SHORTEST = 13;
const LONGEST = 19;
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
  return digits.length >= SHORTEST && digits.length <= LONGEST && ISSUED.test(digits) && hasCheckDigit(digits);
}

/** Replaces the numbers of payment cards, written together or in groups. */
export function redactCardNumbers(text: string): string {
  return text.replace(DIGITS, (found, at: number) => {
    if (found.length < SHORTEST) return found;
    const before = text[at - 1];
    const after = text[at + found.length];
    // A telephone number, a fraction.
    if (before === '+' || before === '.') return found;
    const groups = found.split(/[ -]/);
    // Part of an identifier in hexadecimal, or of a UUID.
    const isPart = (before !== undefined && /[A-Za-z0-9]/.test(before)) || (after !== undefined && WORD.test(after));
    if (groups.length === 1) return !isPart && isCardNumber(found) ? REDACTED : found;
    const first = before !== undefined && WORD.test(before) ? 1 : 0;
    return redactGroups(
      found,
      groups,
      first,
      after !== undefined && WORD.test(after) ? groups.length - 1 : groups.length,
    );
  });
}

/** Looks for a card among neighbouring groups; each group begins at most nineteen attempts. */
function redactGroups(found: string, groups: readonly string[], first: number, end: number): string {
  let text = '';
  let at = 0;
  let copied = 0;
  for (let index = 0; index < groups.length; index += 1) {
    const length = index >= first ? cardLength(groups, index, end) : 0;
    if (length > 0) {
      let width = length - 1;
      for (let next = index; next < index + length; next += 1) width += (groups[next] as string).length;
      text += found.slice(copied, at) + REDACTED;
      copied = at + width;
      at = copied + 1;
      index += length - 1;
    } else at += (groups[index] as string).length + 1;
  }
  return copied === 0 ? found : text + found.slice(copied);
}

/** How many groups from `index` on make a card's number, at most; 0 for none. */
function cardLength(groups: readonly string[], index: number, end: number): number {
  let digits = '';
  let length = 0;
  for (let next = index; next < end && digits.length < LONGEST; next += 1) {
    const group = groups[next] as string;
    // Cards are grouped by four to six digits; longer groups are parts of a UUID and the like.
    if (next > index && (group.length > LONGEST_GROUP || digits.length > LONGEST_GROUP * (next - index))) break;
    digits += group;
    if (isCardNumber(digits)) length = next - index + 1;
  }
  return length;
}

function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = digit * 2;
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

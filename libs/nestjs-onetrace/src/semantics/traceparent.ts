/** The four fields of a `traceparent` header. */
export interface Traceparent {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly spanId: string;
  /** The flags that version 00 knows: bit 0 is "sampled", bit 1 "random trace ID". All others are zero. */
  readonly traceFlags: number;
}

/** Length of a version 00 value: `00-` and the three fields with their dashes. */
const LENGTH = 55;
const LONGEST = 512;
/** Sampled and random: what level 2 of the recommendation defines. */
const KNOWN_FLAGS = 0x03;

const DASH = 45;
const COMMA = 44;
const ZERO = 48;
const SPACE = 32;
const TAB = 9;

/** The value of a lower-case hexadecimal digit by its character code; 255 for every other character below 128. */
const DIGITS = new Uint8Array(128).fill(255);
for (let digit = 0; digit < 16; digit += 1) DIGITS[digit.toString(16).charCodeAt(0)] = digit;

/**
 * Reads a `traceparent` value by W3C Trace Context level 2, section 3.2. Anything invalid gives `undefined`, which by section 4.3
 * restarts the trace. A comma is how HTTP joins repeated headers: no version has one, and repeated headers are invalid.
 * Written out digit by digit because every request pays for it.
 */
export function parseTraceparent(value: unknown): Traceparent | undefined {
  if (typeof value !== 'string' || value.length < LENGTH || value.length > LONGEST) return undefined;
  const text = trimOptionalWhitespace(value);
  if (text.length < LENGTH) return undefined;
  const version = hexByte(text, 0);
  // Version ff is forbidden; 255 also stands for what is no digit.
  if (version >= 255) return undefined;
  if (text.charCodeAt(2) !== DASH || text.charCodeAt(35) !== DASH || text.charCodeAt(52) !== DASH) return undefined;
  const flags = hexByte(text, 53);
  if (flags > 255 || !isId(text, 3, 35) || !isId(text, 36, 52)) return undefined;
  if (text.length > LENGTH && (version === 0 || !isFutureTail(text))) return undefined;
  return { traceId: text.slice(3, 35), spanId: text.slice(36, 52), traceFlags: flags & KNOWN_FLAGS };
}

/** Writes a `traceparent` value, version 00. Only the flags that version 00 knows (sampled, random) are passed on. */
export function formatTraceparent(context: Traceparent): string {
  return `00-${context.traceId}-${context.spanId}-0${context.traceFlags & KNOWN_FLAGS}`;
}

/** Whether the IDs of a span context can stand in a `traceparent`; faster than OpenTelemetry's own check, which every line would pay for. */
export function hasValidIds({ traceId, spanId }: Pick<Traceparent, 'traceId' | 'spanId'>): boolean {
  return traceId.length === 32 && spanId.length === 16 && isId(traceId, 0, 32) && isId(spanId, 0, 16);
}

/** Two digits as a number; above 255 where one of them is no lower-case hexadecimal digit. */
function hexByte(text: string, at: number): number {
  const high = DIGITS[text.charCodeAt(at)] ?? 255;
  const low = DIGITS[text.charCodeAt(at + 1)] ?? 255;
  return high > 15 || low > 15 ? 256 : high * 16 + low;
}

/** Lower-case hexadecimal digits, not all of them zero. */
function isId(text: string, from: number, to: number): boolean {
  let nonZero = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (!((code >= ZERO && code <= 57) || (code >= 97 && code <= 102))) return false;
    nonZero |= code ^ ZERO;
  }
  return nonZero !== 0;
}

/** A later version may carry more after a further dash; nothing is assumed about it. */
function isFutureTail(text: string): boolean {
  if (text.charCodeAt(LENGTH) !== DASH) return false;
  for (let at = LENGTH + 1; at < text.length; at += 1) if (text.charCodeAt(at) === COMMA) return false;
  return true;
}

/** Without the spaces and tabs around it, which are HTTP's; `trim` would take away more. */
function trimOptionalWhitespace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isOptionalWhitespace(text.charCodeAt(from))) from += 1;
  while (to > from && isOptionalWhitespace(text.charCodeAt(to - 1))) to -= 1;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

function isOptionalWhitespace(code: number): boolean {
  return code === SPACE || code === TAB;
}

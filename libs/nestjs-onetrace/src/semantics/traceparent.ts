/** The four fields of a `traceparent` header. */
export interface Traceparent {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly spanId: string;
  /** The flags byte; bit 0 is "sampled". */
  readonly traceFlags: number;
}

// Version 00 has exactly four fields; a later version may carry more after a further dash.
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const LONGEST = 512;

/**
 * Reads a `traceparent` value by W3C Trace Context level 2, section 3.2. Anything invalid gives
 * `undefined`, which by section 4.3 restarts the trace.
 */
export function parseTraceparent(value: unknown): Traceparent | undefined {
  if (typeof value !== 'string' || value.length < 55 || value.length > LONGEST) return undefined;
  const match = TRACEPARENT.exec(value.trim());
  if (match === null) return undefined;
  const [, version, traceId, spanId, flags, rest] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  if (version === '00' && rest !== undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

/** Writes a `traceparent` value, version 00. Only the flags that version 00 knows (sampled, random) are passed on. */
export function formatTraceparent(context: Traceparent): string {
  const flags = (context.traceFlags & 0x03).toString(16).padStart(2, '0');
  return `00-${context.traceId}-${context.spanId}-${flags}`;
}

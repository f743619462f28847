/** Trace ID in the form everything here uses, or undefined when it is none (W3C Trace Context 3.2.2.3). */
export function traceIdFrom(value: unknown): string | undefined {
  return hexId(value, /^[0-9a-f]{32}$/i);
}

/** Span ID in the form everything here uses, or undefined when it is none (W3C Trace Context 3.2.2.4). */
export function spanIdFrom(value: unknown): string | undefined {
  return hexId(value, /^[0-9a-f]{16}$/i);
}

function hexId(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) && !/^0+$/.test(value) ? value.toLowerCase() : undefined;
}

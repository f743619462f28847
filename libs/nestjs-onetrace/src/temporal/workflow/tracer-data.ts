import type { Payload } from '@temporalio/common';
import { TEMPORAL } from '../../semantics/index.js';
import { JSON_ENCODING, readJsonPayload } from './json-payload.js';

/** Propagation fields by their lower-case names: `traceparent`, `tracestate`, `baggage`. */
export type Carrier = Readonly<Record<string, string>>;

/** Headers of a Temporal call by name. */
export type PayloadHeaders = Readonly<Record<string, Payload>>;

/** Bytes; beyond this a header is somebody's mistake and is not parsed. */
const LONGEST = 16_384;

/**
 * The headers with the carrier added under the key that the tracing interceptors of all languages share. The headers
 * are given back as they are when there is nothing to carry: an empty `{}` would mislead the other side.
 */
export function withTracerData(
  headers: PayloadHeaders,
  carrier: Carrier,
  key: string = TEMPORAL.tracerHeader,
): Record<string, Payload> {
  return Object.keys(carrier).length === 0 ? headers : { ...headers, [key]: encodeTracerData(carrier) };
}

/** A carrier as a Payload: metadata `encoding` alone, data the JSON text in UTF-8, its keys in order as Go and Python write them. */
export function encodeTracerData(carrier: Carrier): Payload {
  const encoder = new TextEncoder();
  return {
    metadata: { encoding: encoder.encode(JSON_ENCODING) },
    data: encoder.encode(JSON.stringify(carrier, Object.keys(carrier).sort())),
  };
}

/**
 * Reads the carrier of a call's headers. Never throws: an empty carrier where there is no header, `undefined` where
 * there is one that cannot be read (encrypted by the caller's codec, not JSON, not a map).
 */
export function readTracerData(
  headers: PayloadHeaders | null | undefined,
  key: string = TEMPORAL.tracerHeader,
): Carrier | undefined {
  const payload = headers?.[key];
  if (payload === undefined || payload === null) return {};
  const members = readJsonPayload(payload, LONGEST);
  if (members === undefined) return undefined;
  const carrier: Record<string, string> = {};
  for (const [name, text] of Object.entries(members)) {
    if (typeof text === 'string') carrier[name.toLowerCase()] = text;
  }
  return carrier;
}

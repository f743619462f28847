import type { Payload } from '@temporalio/common';
import { HEADERS, TEMPORAL } from '../../semantics/index.js';
import { JSON_ENCODING, readJsonPayload } from './json-payload.js';

/** Propagation fields by their lower-case names: `traceparent`, `tracestate`, `baggage`. */
export type Carrier = Readonly<Record<string, string>>;

/** Headers of a Temporal call by name. */
export type PayloadHeaders = Readonly<Record<string, Payload>>;

/** Bytes; beyond this a header is somebody's mistake and is not parsed. */
const LONGEST = 16_384;
const ENCODER = new TextEncoder();
/** Visible ASCII, spaces and tabs: what a header may hold. */
const TEXT = /^[\t -~]*$/;
/** Bytes of all headers together; a server refuses more with a Nexus operation, and so the workflow task for ever. */
const MOST_FOR_NEXUS = 4096;

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
  return {
    metadata: { encoding: ENCODER.encode(JSON_ENCODING) },
    data: ENCODER.encode(JSON.stringify(carrier, Object.keys(carrier).sort())),
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

/**
 * The members of a `tracestate` or `baggage` that others may have. Nexus carries them as plain headers: for a text that is
 * no Unicode the SDK ends the whole worker, and with a line break the server never delivers the operation.
 */
export function passable(list: string | undefined): string | undefined {
  const members = list?.split(',').filter((member) => TEXT.test(member));
  return members?.join(',') || undefined;
}

/** The headers of a Nexus operation with as much of the carrier as there is room for beside them, the trace first. */
export function withNexusTrace(
  headers: Readonly<Record<string, string>> | undefined,
  carrier: Carrier,
): Record<string, string> {
  let all = { ...headers };
  for (const name of [HEADERS.traceparent, HEADERS.baggage, HEADERS.tracestate]) {
    const enlarged = { ...all, ...(carrier[name] && { [name]: carrier[name] }) };
    // As JSON they are a little longer than the server counts.
    if (ENCODER.encode(JSON.stringify(enlarged)).length <= MOST_FOR_NEXUS) all = enlarged;
  }
  return all;
}

import type { EndedSpan } from '../ended-span.js';
import { type ExportResponse, jsonRequest, jsonResponse, protobufResponse } from './opentelemetry.js';
import { serializeSpans } from './protobuf-request.js';
import type { SerializedSpans } from './serialized-spans.js';

/** Spans as the body of an OTLP request, and its answer back. */
export interface SpanSerializer {
  serializeRequest(spans: EndedSpan[]): SerializedSpans;
  deserializeResponse(body: Uint8Array): ExportResponse;
}

/** Serializers by `OTEL_EXPORTER_OTLP_PROTOCOL`. */
export const SERIALIZERS: Readonly<Record<'http/protobuf' | 'http/json', SpanSerializer>> = {
  'http/protobuf': { serializeRequest: serializeSpans, deserializeResponse: protobufResponse },
  'http/json': {
    serializeRequest: (spans) => {
      const body = jsonRequest(spans);
      return body === undefined ? { body: Buffer.alloc(0), written: 0 } : { body, written: spans.length };
    },
    deserializeResponse: jsonResponse,
  },
};

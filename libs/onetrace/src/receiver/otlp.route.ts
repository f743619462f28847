import type { IncomingMessage } from 'node:http';
import { readLogs } from '../lines/otlp-logs.reader.js';
import { OnetraceError } from '../onetrace.error.js';
import { OTLP_CONTENT_TYPES, encodeExportResponse, encodeStatus, type OtlpEncoding } from '../otlp/otlp.response.js';
import { LOGS_REQUEST, TRACES_REQUEST } from '../otlp/otlp.schema.js';
import { decodeRequest } from '../otlp/request.decoder.js';
import { readTraces } from '../otlp/traces.reader.js';
import type { Store } from '../store/store.js';
import { errorReply, statusOf, type Reply } from './reply.js';
import { readBody } from './request.body.js';

/** Signals of OTLP/HTTP by their paths. Metrics are taken and dropped, so that an SDK that sends all three is content. */
export const OTLP_PATHS: Record<string, 'traces' | 'logs' | 'metrics'> = {
  '/v1/traces': 'traces',
  '/v1/logs': 'logs',
  '/v1/metrics': 'metrics',
};

/** Takes one OTLP/HTTP export request (opentelemetry-proto, OTLP 1.x) and answers in its own encoding. */
export async function receiveOtlp(
  request: IncomingMessage,
  signal: 'traces' | 'logs' | 'metrics',
  store: Store,
  bodyLimit: number,
): Promise<Reply> {
  const encoding = encodingOf(request);
  if (encoding === undefined) return errorReply(unsupported(request));
  const contentType = OTLP_CONTENT_TYPES[encoding];
  try {
    const body = await readBody(request, bodyLimit);
    return { status: 200, contentType, body: storeSignal(signal, encoding, body, store) };
  } catch (error) {
    return { status: statusOf(error), contentType, body: encodeStatus(encoding, (error as Error).message) };
  }
}

function storeSignal(
  signal: 'traces' | 'logs' | 'metrics',
  encoding: OtlpEncoding,
  body: Buffer,
  store: Store,
): Uint8Array {
  if (signal === 'metrics') return encodeExportResponse(encoding, 'rejectedSpans', 0, undefined);
  if (signal === 'logs') {
    const logs = readLogs(decodeRequest(LOGS_REQUEST, encoding, body), Date.now());
    store.add([], logs.items);
    return encodeExportResponse(encoding, 'rejectedLogRecords', logs.rejected, logs.reason);
  }
  const traces = readTraces(decodeRequest(TRACES_REQUEST, encoding, body));
  store.add(traces.items, []);
  return encodeExportResponse(encoding, 'rejectedSpans', traces.rejected, traces.reason);
}

function encodingOf(request: IncomingMessage): OtlpEncoding | undefined {
  const type = mediaTypeOf(request);
  if (type === OTLP_CONTENT_TYPES.protobuf || type === 'application/protobuf') return 'protobuf';
  return type === OTLP_CONTENT_TYPES.json ? 'json' : undefined;
}

/** Content type without its parameters. */
export function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function unsupported(request: IncomingMessage): OnetraceError {
  return new OnetraceError(
    'ONETRACE_REQUEST_UNSUPPORTED',
    `Content-Type ${JSON.stringify(mediaTypeOf(request))} is not supported; send ${Object.values(OTLP_CONTENT_TYPES).join(' or ')}`,
  );
}

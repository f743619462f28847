import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SpanContext } from '@opentelemetry/api';
import { formatTraceparent, HEADERS } from '../semantics/index.js';
import { safely } from '../tracing/index.js';

type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse;
type Headers = Record<string, unknown>;

const EXPOSED = 'X-Trace-ID, X-Request-ID';
const EXPOSED_WITH_TRACERESPONSE = `${EXPOSED}, traceresponse`;

/**
 * Gives the caller the IDs to quote. They are set before anything of the application runs, so that every kind of answer
 * has them and the application may still replace or remove them. Pages of another origin, the only ones that need to be told, may read
 * them also where the application names headers of its own to expose: the two lists are joined when the headers are sent.
 */
export function answerTraceHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  spanContext: SpanContext,
  requestId: string,
  traceresponse: boolean,
): void {
  response.setHeader(HEADERS.traceId, spanContext.traceId);
  response.setHeader(HEADERS.requestId, requestId);
  if (traceresponse) response.setHeader(HEADERS.traceresponse, formatTraceparent(spanContext));
  const exposed = exposedTo(request, traceresponse);
  if (exposed !== undefined) response.setHeader(HEADERS.exposeHeaders, exposed);
  const { writeHead } = response as unknown as { writeHead: WriteHead };
  // Every way of sending headers goes through here, the implicit ones too.
  response.writeHead = function (this: ServerResponse, ...args: unknown[]): ServerResponse {
    if (exposed === undefined ? Array.isArray(args.at(-1)) : isJoined(response, args, exposed)) {
      safely('response headers', () => joinExposed(response, args, exposed));
    }
    return writeHead.apply(this, args);
  };
}

/** Nothing is to be joined in most answers: nobody else exposes headers. */
function isJoined(response: ServerResponse, args: readonly unknown[], exposed: string): boolean {
  return args.length > 1 || response.getHeader(HEADERS.exposeHeaders) !== exposed;
}

/** Browsers heed that list only in answers to requests that name an origin. */
function exposedTo({ headers }: IncomingMessage, traceresponse: boolean): string | undefined {
  if (headers.origin === undefined) return undefined;
  return traceresponse ? EXPOSED_WITH_TRACERESPONSE : EXPOSED;
}

function joinExposed(response: ServerResponse, args: unknown[], exposed: string | undefined): void {
  if (response.headersSent) return;
  const last = args.length - 1;
  const given = args[last];
  if (last > 0 && typeof given === 'object' && given !== null) args[last] = joinedList(given, exposed);
  const current = response.getHeader(HEADERS.exposeHeaders);
  if (exposed === undefined || current === undefined || current === exposed) return;
  response.setHeader(HEADERS.exposeHeaders, joined(current, exposed));
}

/** The headers given to `writeHead`, which replace those set before. */
function joinedList(given: object, exposed: string | undefined): object {
  const headers = Array.isArray(given) ? headersOfList(given) : given;
  const key = Object.keys(headers).find(isExposeHeaders);
  if (exposed === undefined || key === undefined) return headers;
  return { ...headers, [key]: joined((headers as Headers)[key], exposed) };
}

/**
 * A flat list of names and values, or a list of pairs. Node.js takes pairs, and repeated names before version 24, only
 * where no header was set before, and ours were.
 */
function headersOfList(list: readonly unknown[]): object {
  const headers: Headers = {};
  const keys = new Map<string, string>();
  const flat: readonly unknown[] = Array.isArray(list[0]) ? list.flat() : list;
  if (flat.length % 2 !== 0) return list;
  for (let index = 0; index < flat.length; index += 2) {
    const name = String(flat[index]);
    const value: unknown = flat[index + 1];
    const key = keys.get(name.toLowerCase());
    if (key === undefined) keys.set(name.toLowerCase(), name);
    headers[key ?? name] = key === undefined ? value : [headers[key], value].flat();
  }
  return headers;
}

function isExposeHeaders(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase() === HEADERS.exposeHeaders;
}

/** The application's names first, as it wrote them; ours where they are missing. */
function joined(theirs: unknown, exposed: string): string {
  const names = String(theirs)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const known = new Set(names.map((name) => name.toLowerCase()));
  return [...names, ...exposed.split(', ').filter((name) => !known.has(name.toLowerCase()))].join(', ');
}

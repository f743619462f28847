import type { ServerResponse } from 'node:http';
import type { SpanContext } from '@opentelemetry/api';
import { formatTraceparent, HEADERS } from '../semantics/index.js';
import { safely } from '../tracing/index.js';

type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse;
type HeaderList = readonly unknown[] | Readonly<Record<string, unknown>>;

const EXPOSED = 'X-Trace-ID, X-Request-ID';
const EXPOSED_WITH_TRACERESPONSE = `${EXPOSED}, traceresponse`;

/**
 * Gives the caller the IDs to quote. They are set before anything of the application runs, so that every kind of answer
 * has them and the application may still replace or remove them. Browsers may read them also where the application
 * names headers of its own to expose: the two lists are joined when the headers are sent.
 */
export function answerTraceHeaders(
  response: ServerResponse,
  spanContext: SpanContext,
  requestId: string,
  traceresponse: boolean,
): void {
  const exposed = traceresponse ? EXPOSED_WITH_TRACERESPONSE : EXPOSED;
  response.setHeader(HEADERS.traceId, spanContext.traceId);
  response.setHeader(HEADERS.requestId, requestId);
  if (traceresponse) response.setHeader(HEADERS.traceresponse, formatTraceparent(spanContext));
  response.setHeader(HEADERS.exposeHeaders, exposed);
  const { writeHead } = response as unknown as { writeHead: WriteHead };
  // Every way of sending headers goes through here, the implicit ones too.
  response.writeHead = function (this: ServerResponse, ...args: unknown[]): ServerResponse {
    safely('response headers', () => joinExposed(response, args, exposed));
    return writeHead.apply(this, args);
  };
}

function joinExposed(response: ServerResponse, args: unknown[], exposed: string): void {
  if (response.headersSent) return;
  const last = args.length - 1;
  const given = args[last];
  if (last > 0 && typeof given === 'object' && given !== null) args[last] = joinedList(given as HeaderList, exposed);
  const current = response.getHeader(HEADERS.exposeHeaders);
  if (current === undefined || current === exposed) return;
  response.setHeader(HEADERS.exposeHeaders, joined(current, exposed));
}

/** The headers given to `writeHead`, which replace those set before: as an object, a flat list, or a list of pairs. */
function joinedList(given: HeaderList, exposed: string): HeaderList {
  if (!Array.isArray(given)) {
    const key = Object.keys(given).find(isExposeHeaders);
    const headers = given as Readonly<Record<string, unknown>>;
    return key === undefined ? given : { ...headers, [key]: joined(headers[key], exposed) };
  }
  if (Array.isArray(given[0])) {
    return (given as readonly (readonly unknown[])[]).map((pair) =>
      isExposeHeaders(pair[0]) ? [pair[0], joined(pair[1], exposed)] : pair,
    );
  }
  return given.map((entry: unknown, index) =>
    index % 2 === 1 && isExposeHeaders(given[index - 1]) ? joined(entry, exposed) : entry,
  );
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

import { HEADERS } from '../../semantics/index.js';
import { baggageBeside, outgoingHeaders } from './outgoing-headers.js';
import type { TargetTest } from './target-list.js';
import { callerContext } from './undici-caller.context.js';

/** Channel on which undici, Node's own and the package, tells of each request before it is written. */
export const UNDICI_CHANNEL = 'undici:request:create';

/** The part of undici's request that is used here; undici 6 and later keep headers as a flat list of names and values. */
interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  readonly headers: unknown;
  addHeader?(name: string, value: string): unknown;
}

/** Adds the trace to a request of `fetch` or undici to a named target, unless it carries one. A redirect is a request of its own. */
export function injectIntoUndiciRequest(message: unknown, isTarget: TargetTest): void {
  const { request } = message as { request: UndiciRequest };
  const list = request.headers;
  const add = request.addHeader?.bind(request);
  // CONNECT is for the proxy. What keeps its headers otherwise is no undici that is known here.
  if (request.method === 'CONNECT' || !Array.isArray(list) || add === undefined) return;
  const origin = typeof request.origin === 'string' ? request.origin : request.origin.origin;
  if (!isTarget(origin, request.path) || valuesOf(list, HEADERS.traceparent).length > 0) return;
  const caller = callerContext(request);
  const headers = caller && outgoingHeaders(caller);
  if (headers === undefined) return;
  const added: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const theirs = valuesOf(list, name);
    const sent = theirs.length === 0 || name === HEADERS.tracestate ? value : undefined;
    // Their members go first, in a field of their own: fields of one name are one list.
    const beside = name === HEADERS.baggage && sent === undefined ? baggageBeside(theirs.join(','), value) : sent;
    if (beside === undefined) continue;
    added[name] = beside;
    add(name, beside);
  }
  giveWay(request, list, add, added);
}

/**
 * An instrumentation that subscribed after us adds its own trace to the same request: its span is the nearer parent, and two
 * `traceparent` headers would be none. So ours are taken back when another one comes.
 */
function giveWay(
  request: UndiciRequest,
  list: unknown[],
  add: (name: string, value: string) => unknown,
  added: Readonly<Record<string, string>>,
): void {
  request.addHeader = (name, value) => {
    if (String(name).toLowerCase() === HEADERS.traceparent) {
      delete request.addHeader;
      for (let at = list.length - 2; at >= 0; at -= 2) {
        if (added[list[at] as string] === list[at + 1]) list.splice(at, 2);
      }
    }
    return add(name, value);
  };
}

/** What a flat list of names and values says under a name. */
function valuesOf(list: readonly unknown[], name: string): unknown[] {
  const values: unknown[] = [];
  for (let at = 0; at < list.length; at += 2) {
    if (String(list[at]).toLowerCase() === name) values.push(list[at + 1]);
  }
  return values;
}

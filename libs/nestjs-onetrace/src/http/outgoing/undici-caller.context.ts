import { type Context, context } from '@opentelemetry/api';
import { noticeOnce } from '../../tracing/index.js';

/** What undici's own calls (`request`, `stream` ...) make of a request, and `fetch` does not: it remembers where it was called. */
interface CallHandler {
  runInAsyncScope?<T>(fn: () => T): T;
}

/** Frames between a pool that sends what waited in it and the channel; a few to spare for other versions. */
const FRAMES = 20;

/**
 * The context of who asked for a request. A pool with a limit of connections sends what waited in it when another request ends, and in that one's
 * context: the trace of somebody else must not go out. `undefined` where the caller cannot be known.
 */
export function callerContext(request: object): Context | undefined {
  const handler = handlerOf(request);
  if (typeof handler?.runInAsyncScope === 'function') return handler.runInAsyncScope(() => context.active());
  if (!hasWaitedInPool()) return context.active();
  noticeOnce(
    'outgoing-pool',
    'a fetch that waited for a connection was sent without its trace; give its dispatcher more connections, or call undici.request',
  );
  return undefined;
}

function handlerOf(request: object): CallHandler | undefined {
  const key = Object.getOwnPropertySymbols(request).find((symbol) => symbol.description === 'handler');
  return key === undefined ? undefined : (request as Record<symbol, CallHandler | undefined>)[key];
}

/** Nothing but the stack tells: undici 6 and 7, Node's own included, send what waited from their pool's `onDrain`. */
function hasWaitedInPool(): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack } = new Error();
  Error.stackTraceLimit = limit;
  return stack?.includes('onDrain') === true;
}

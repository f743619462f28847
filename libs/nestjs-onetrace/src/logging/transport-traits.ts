import { Worker } from 'node:worker_threads';
import { type DestinationStream, symbols } from 'pino';

// pino names it only at run time, from 10.4 on; the same in every copy.
const MANY_TARGETS = (symbols as unknown as Record<string, symbol | undefined>)['transportUsesMultistreamSym'];
const KNOWS_OUR_LEVELS = Symbol.for('onetrace.logging.knows-our-levels');

/** Whether this pino lets a transport read levels by name: older ones know only numbers, and do not say which transport looks for them. */
export const NAMES_LEVELS = MANY_TARGETS !== undefined;

/** What `pino.transport` gives: a stream that writes in a thread of its own. */
export interface Transport extends DestinationStream {
  readonly worker: object;
  end(): void;
  once(event: 'close', listener: () => void): unknown;
}

/** Whether a stream is a transport of pino's. */
export function isTransport(stream: object): stream is Transport {
  const { worker, flushSync, end, once } = stream as Readonly<Record<string, unknown>>;
  return worker instanceof Worker && [flushSync, end, once].every((method) => typeof method === 'function');
}

/** Whether a stream is a transport that looks at the level of each line, and would find none in ours. */
export function needsNumbers(stream: DestinationStream): boolean {
  const traits = stream as unknown as Readonly<Record<symbol, unknown>>;
  if (traits[KNOWS_OUR_LEVELS] === true) return false;
  return MANY_TARGETS === undefined ? isTransport(stream) : traits[MANY_TARGETS] === true;
}

/** Notes that a stream understands the level of our lines. */
export function noteKnowsLevels<S extends object>(stream: S): S {
  return Object.defineProperty(stream, KNOWS_OUR_LEVELS, { value: true });
}

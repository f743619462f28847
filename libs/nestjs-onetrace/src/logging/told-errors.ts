import { context } from '@opentelemetry/api';
import { spanOf } from '../context/index.js';

/** Which errors the lines of a trace have told, where they are told once. */
export interface ToldErrors {
  has(error: object): boolean;
  add(error: object): void;
}

const traces = new WeakMap<object, string>();

/**
 * The errors that stand in a line of a trace, in whole. A line of the library, which comes after all that handled an error, does not
 * repeat them; a line of the application says what the application gave it.
 *
 * @param traceId trace that the line names by itself; without one, the active one. Where there is none, every line is whole: an error
 *   may be thrown many times.
 */
export function toldErrors(isOwn: boolean, traceId = spanOf(context.active())?.spanContext().traceId): ToldErrors {
  return {
    has: (error) => isOwn && traceId !== undefined && traces.get(error) === traceId,
    add: (error) => void (traceId !== undefined && traces.set(error, traceId)),
  };
}

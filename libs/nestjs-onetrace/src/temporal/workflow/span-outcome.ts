import { isCancellation } from '@temporalio/workflow';
import type { WorkflowError } from './workflow-events.js';

/** How a span of workflow code ended: nothing where it went well. */
export interface SpanOutcome {
  readonly outcome?: 'cancelled' | 'continued as new' | 'failed benignly' | 'unfinished';
  readonly error?: WorkflowError;
}

/** Causes that are followed inwards. */
const DEEPEST = 10;

/** What a thrown value says of the span that it left; never throws. */
export function outcomeOf(thrown: unknown): SpanOutcome {
  try {
    if (isCancellation(thrown)) return { outcome: 'cancelled' };
    const { name, category } = (thrown ?? {}) as { name?: unknown; category?: unknown };
    // By name, not by class: the class is that of whichever copy of the SDK the bundle holds.
    if (name === 'ContinueAsNew') return { outcome: 'continued as new' };
    if (category === 'BENIGN') return { outcome: 'failed benignly' };
    return { error: describe(thrown) };
  } catch {
    return { error: { name: 'Error', message: 'a value that cannot be read was thrown' } };
  }
}

function describe(thrown: unknown): WorkflowError {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: String(thrown) };
  const messages: string[] = [];
  let root: Error & { type?: unknown } = thrown;
  for (let depth = 0, at: unknown = thrown; depth < DEEPEST && at instanceof Error; depth += 1, at = at.cause) {
    root = at;
    if (at.message && messages.at(-1) !== at.message) messages.push(at.message);
  }
  const stack = root.stack ?? thrown.stack;
  return {
    name: typeof root.type === 'string' && root.type !== '' ? root.type : root.name,
    message: messages.join(': '),
    ...(stack === undefined ? {} : { stack }),
  };
}

import { isCancellation } from '@temporalio/workflow';
import { rootCause } from './root-cause.js';
import type { WorkflowError } from './workflow-events.js';

/** How a span of workflow code ended: nothing where it went well. */
export interface SpanOutcome {
  readonly outcome?: 'cancelled' | 'continued as new' | 'failed benignly' | 'unfinished';
  readonly error?: WorkflowError | undefined;
}

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
  const { root, message } = rootCause<Error & { type?: unknown }>(thrown, ({ message, cause }) => ({
    message,
    cause: cause instanceof Error ? cause : undefined,
  }));
  // An error's members can be anything, and what cannot be cloned would keep everything of the activation, its commands
  // too, from leaving the isolate.
  return {
    name: textOf(root.type) || textOf(root.name) || 'Error',
    message,
    stack: textOf(root.stack) ?? textOf(thrown.stack),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

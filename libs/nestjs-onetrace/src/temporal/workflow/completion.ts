import type { ConcludeActivationInput } from '@temporalio/workflow';
import type { WorkflowError } from './workflow-events.js';

type Command = ConcludeActivationInput['commands'][number];
type Failure = NonNullable<NonNullable<Command['failWorkflowExecution']>['failure']>;

interface Attributes {
  readonly message: string | null | undefined;
  readonly stack: string | null | undefined;
}

/** How a workflow run ended. */
export interface WorkflowEnd {
  readonly outcome: 'completed' | 'cancelled' | 'continued as new' | 'failed' | 'failed benignly';
  readonly error?: WorkflowError;
}

/** `APPLICATION_ERROR_CATEGORY_BENIGN`. */
const BENIGN: number = 1;
const ENCODING = 'json/plain';
/** Causes that are followed inwards. */
const DEEPEST = 10;

/**
 * Reads from the commands of an activation whether and how the run ends. The commands are asked, not the promise of the
 * workflow function: they also know of a failing signal handler, and they do not exist when only the task failed.
 */
export function findEnd(commands: readonly Command[]): WorkflowEnd | undefined {
  for (const command of commands) {
    if (command.completeWorkflowExecution) return { outcome: 'completed' };
    if (command.cancelWorkflowExecution) return { outcome: 'cancelled' };
    if (command.continueAsNewWorkflowExecution) return { outcome: 'continued as new' };
    if (command.failWorkflowExecution) {
      const failure = command.failWorkflowExecution.failure;
      const error = describeFailure(failure ?? {});
      return isBenign(failure) ? { outcome: 'failed benignly', error } : { outcome: 'failed', error };
    }
  }
  return undefined;
}

function isBenign(failure: Failure | null | undefined): boolean {
  const category: number | null | undefined = failure?.applicationFailureInfo?.category;
  return category === BENIGN;
}

function describeFailure(failure: Failure): WorkflowError {
  const messages: string[] = [];
  let root = failure;
  for (let depth = 0, at: Failure | null | undefined = failure; at && depth < DEEPEST; depth += 1, at = at.cause) {
    root = at;
    const { message } = plainAttributes(at);
    if (message && messages.at(-1) !== message) messages.push(message);
  }
  const stack = plainAttributes(root).stack || plainAttributes(failure).stack;
  return {
    name: nameOf(root),
    message: messages.join(': '),
    ...(stack ? { stack } : {}),
  };
}

/**
 * Message and stack of a failure. A failure converter with `encodeCommonAttributes` moves them into a payload; inside the
 * isolate that is JSON still: codecs work outside.
 */
function plainAttributes({ message, stackTrace, encodedAttributes }: Failure): Attributes {
  const given = { message, stack: stackTrace };
  if (!encodedAttributes?.data) return given;
  try {
    const decoder = new TextDecoder();
    if (decoder.decode(encodedAttributes.metadata?.['encoding'] ?? undefined) !== ENCODING) return given;
    const attributes = JSON.parse(decoder.decode(encodedAttributes.data)) as Record<string, unknown>;
    const text = (value: unknown): string => (typeof value === 'string' ? value : '');
    return { message: text(attributes['message']), stack: text(attributes['stack_trace']) };
  } catch {
    return given;
  }
}

function nameOf(failure: Failure): string {
  if (failure.applicationFailureInfo) return failure.applicationFailureInfo.type || 'ApplicationFailure';
  if (failure.timeoutFailureInfo) return 'TimeoutFailure';
  if (failure.canceledFailureInfo) return 'CancelledFailure';
  if (failure.terminatedFailureInfo) return 'TerminatedFailure';
  if (failure.serverFailureInfo) return 'ServerFailure';
  if (failure.activityFailureInfo) return 'ActivityFailure';
  if (failure.childWorkflowExecutionFailureInfo) return 'ChildWorkflowFailure';
  return 'TemporalFailure';
}

import type { ConcludeActivationInput } from '@temporalio/workflow';
import type { WorkflowError } from './workflow-events.js';

type Command = ConcludeActivationInput['commands'][number];
type Failure = NonNullable<NonNullable<Command['failWorkflowExecution']>['failure']>;

/** How a workflow run ended. */
export interface WorkflowEnd {
  readonly outcome: 'completed' | 'cancelled' | 'continued as new' | 'failed' | 'failed benignly';
  readonly error?: WorkflowError;
}

/** `APPLICATION_ERROR_CATEGORY_BENIGN`. */
const BENIGN: number = 1;
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
    if (at.message && messages.at(-1) !== at.message) messages.push(at.message);
  }
  const stack = root.stackTrace || failure.stackTrace;
  return {
    name: nameOf(root),
    message: messages.join(': '),
    ...(stack ? { stack } : {}),
  };
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

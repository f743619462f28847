/**
 * How a Nexus handler ended that threw: what the handler itself calls cancelled, or what was cancelled with its request,
 * is no failure. By names, not by classes: those are of whichever copy of the SDK the application loaded.
 */
export function nexusEnding(error: unknown, abortSignal: AbortSignal): 'cancelled' | 'failed' {
  const { name, state } = fieldsOf(error);
  if (name === 'OperationError') return state === 'canceled' ? 'cancelled' : 'failed';
  return (name === 'CancelledFailure' || name === 'AbortError') && abortSignal.aborted ? 'cancelled' : 'failed';
}

/** Whether the server calls the handler again after this error, as long as the operation's time is not over. */
export function willRetryNexus(error: unknown): boolean {
  const { name, nonRetryable, retryable } = fieldsOf(error);
  if (name === 'OperationError' || nonRetryable === true) return false;
  return name === 'HandlerError' ? retryable === true : true;
}

function fieldsOf(error: unknown): Record<'name' | 'state' | 'nonRetryable' | 'retryable', unknown> {
  return (typeof error === 'object' && error !== null ? error : {}) as ReturnType<typeof fieldsOf>;
}

/** What a client says of a failure, as it goes over to the parent process. */
export interface ToldError {
  readonly error: string;
  readonly message: string;
  readonly status?: unknown;
  readonly code?: unknown;
  readonly cause?: ToldError;
}

/** Gives what a call gives, or what it throws. */
export async function told(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return tell(error as Error);
  }
}

function tell(error: Error): ToldError {
  const { message, cause, status, code } = error as Error & { readonly status?: unknown; readonly code?: unknown };
  return {
    error: error.constructor.name,
    message,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(cause instanceof Error ? { cause: tell(cause) } : {}),
  };
}

import type { OnetraceErrorCode } from './error-codes.js';

/** An error whose message says what failed, what was received and what to do, under a stable code. */
export class OnetraceError extends Error {
  override readonly name: string = 'OnetraceError';

  constructor(
    readonly code: OnetraceErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

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
    // As Node.js does it: whoever prints only the stack, as Nest does at a start that fails, shows the code too.
    if (this.stack !== undefined) this.stack = this.stack.replace(/^\w+/, `${new.target.name} [${code}]`);
  }
}

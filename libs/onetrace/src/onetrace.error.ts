/** Every code an {@link OnetraceError} can carry. */
export type OnetraceErrorCode =
  | 'ONETRACE_ID_AMBIGUOUS'
  | 'ONETRACE_OPTION_INVALID'
  | 'ONETRACE_PORT_BUSY'
  | 'ONETRACE_RECEIVER_UNREACHABLE'
  | 'ONETRACE_REQUEST_MALFORMED'
  | 'ONETRACE_REQUEST_TOO_LARGE'
  | 'ONETRACE_REQUEST_UNSUPPORTED'
  | 'ONETRACE_STORE_UNREADABLE'
  | 'ONETRACE_STORE_VERSION';

/**
 * What Onetrace reports to a person: `message` says what failed, with the value received, and what to do.
 * `code` is stable and may be matched on.
 */
export class OnetraceError extends Error {
  override readonly name = 'OnetraceError';

  constructor(
    readonly code: OnetraceErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

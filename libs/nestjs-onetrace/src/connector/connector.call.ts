import type { Attributes, SpanKind } from '@opentelemetry/api';
import type { CallOptions } from './connector.options.js';
import type { ReceivedResponse } from './transport.js';

/** What a finished call adds to its span and its line. */
export interface CallOutcome {
  readonly attributes: Attributes;
  readonly extra: Readonly<Record<string, unknown>>;
}

/** One logical call, however many attempts it takes. */
export interface ConnectorCall<T> {
  readonly spanName: string;
  readonly spanKind: SpanKind;
  readonly attributes: Attributes;
  /** Model that is asked; absent for plain HTTP. */
  readonly model?: string;
  readonly method: string;
  /** Path behind the base URL, beginning with a slash. */
  readonly path: string;
  /** Query with its question mark; never written to lines, spans or errors. */
  readonly query?: string;
  /** The body of one attempt, which may carry the attempt's request ID. */
  readonly body?: (requestId: string) => string;
  /** Media type of the body; `application/json` unless given. */
  readonly contentType?: string;
  /** Whether the request may be sent again when the server can have begun to work on it. */
  readonly idempotent: boolean;
  readonly options: CallOptions;
  /**
   * Turns a 2xx response into the call's value.
   *
   * @throws ResponseProblem
   */
  read(response: ReceivedResponse): T;
  describe(value: T): CallOutcome;
}

/** A 2xx response that is not what the protocol promises; the message goes on "answered ... with 200, but". */
export class ResponseProblem extends Error {
  override readonly name = 'ResponseProblem';

  /** `words` are the server's, which may hold what it was sent: they go between the other two when they have been masked. */
  constructor(
    problem: string,
    private readonly words?: string,
    private readonly rest = '',
  ) {
    super(problem);
  }

  /** The whole problem, as it may be written. */
  masked(mask: (words: string) => string): string {
    return this.words === undefined ? this.message : `${this.message}"${mask(this.words)}"${this.rest}`;
  }
}

import type { Attributes, SpanKind } from '@opentelemetry/api';
import type { ConnectorError } from './connector.error.js';
import type { CallOptions } from './connector.options.js';
import type { ReceivedResponse } from './received-response.js';

/** What a finished call adds to its span and its line. */
export interface CallOutcome {
  readonly attributes: Attributes;
  readonly extra: Readonly<Record<string, unknown>>;
  /** The content of the answer, for a span that is recorded; only where content is captured. */
  readonly content?: (() => Attributes) | undefined;
  /**
   * What of an answer that is all there cannot be parsed; only where somebody asked for something that can.
   *
   * @param late called where a schema takes its time and then refuses.
   */
  readonly parsingFailures?: ((late: () => void) => readonly string[]) | undefined;
}

/** A body that is no text. */
export interface BinaryBody {
  readonly bytes: Buffer;
  /** Headers that describe it, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its texts, as JSON: what a server quotes of them is cut out of its words. */
  quotable(): string;
}

/** What is asked of the server in one logical call, however many attempts it takes. */
export interface CallRequest {
  readonly spanName: string;
  readonly spanKind: SpanKind;
  readonly attributes: Attributes;
  /** The content of the request, for a span that is recorded; only where content is captured. */
  readonly content?: (() => Attributes) | undefined;
  /** Model that is asked; absent for plain HTTP. */
  readonly model?: string;
  /** Whether a model works on tensors: it counts as a call of a model, which the GenAI conventions have no operation for. */
  readonly isInference?: boolean;
  readonly method: string;
  /** Path behind the base URL, beginning with a slash. */
  readonly path: string;
  /** Query with its question mark; never written to lines, spans or errors. */
  readonly query?: string;
  /** The body of one attempt, which may carry the attempt's request ID. */
  readonly body?: (requestId: string) => string | BinaryBody;
  /** Media type of the body; `application/json` unless given. */
  readonly contentType?: string;
  /** Media type that is asked for; `application/json` unless given. */
  readonly accept?: string;
  /** Whether the request may be sent again when the server can have begun to work on it. */
  readonly idempotent: boolean;
  /** Whether it is made once, whatever comes. */
  readonly once?: boolean;
  readonly options: CallOptions;
}

/** A call that is answered as a whole. */
export interface ConnectorCall<T> extends CallRequest {
  /**
   * Turns a 2xx response into the call's value.
   *
   * @throws ResponseProblem
   */
  read(response: ReceivedResponse): T;
  describe(value: T): CallOutcome;
  /** What a failure answers, where it is an answer too; `undefined` where it is none. */
  answerOf?(failure: ConnectorError): T | undefined;
}

/** A call that is answered by server-sent events. */
export interface StreamCall<Item> extends CallRequest {
  /** Reads the events of one attempt. */
  events(): EventReader<Item>;
}

/** Turns the server-sent events of one response into what the consumer gets. */
export interface EventReader<Item> {
  /**
   * What the data of an event is for the consumer; `undefined` when it is nothing for it.
   *
   * @throws ResponseProblem when the event is not what the protocol promises
   * @throws StreamedError when the server says that it failed
   */
  read(data: string): Item | undefined;
  /**
   * Whether the answer is all there, as far as its events say: what ends before is broken off.
   *
   * @param ended whether the server has ended the stream in order.
   */
  isComplete(ended: boolean): boolean;
  /** Whether the server has said that nothing follows. */
  readonly saidLast: boolean;
  /** What is known so far. */
  describe(): CallOutcome;
}

/** An error that a server reports in the middle of a stream that began with 200. */
export class StreamedError extends Error {
  override readonly name = 'StreamedError';

  /**
   * @param body the event's data, which may quote what the server was sent.
   * @param status the status that the server would have answered, where it says one.
   */
  constructor(
    readonly body: string,
    readonly status: number | undefined,
  ) {
    super('the server reported an error in its stream');
  }
}

/** A 2xx response that is not what the protocol promises; the message goes on "answered ... with 200, but". */
export class ResponseProblem extends Error {
  override readonly name = 'ResponseProblem';

  /** `words` are the server's, which may hold what it was sent: they go between the other two when they have been masked. */
  constructor(
    problem: string,
    private readonly words?: string,
    private readonly rest = '',
    /** What to do about it; `undefined` where the server is not the one that is meant. */
    readonly remedy?: string,
  ) {
    super(problem);
  }

  /** The whole problem, as it may be written. */
  masked(mask: (words: string) => string): string {
    // A header that came twice is a list, whatever its type says.
    return this.words === undefined ? this.message : `${this.message}"${mask(String(this.words))}"${this.rest}`;
  }
}

/** An answer in events that the server ended before it was complete. */
export function endedEarly(): ResponseProblem {
  const remedy = 'look for a crash or a limit in the log of the server, and for limits of time in a proxy before it';
  return new ResponseProblem('its stream ended before the answer was complete', undefined, '', remedy);
}

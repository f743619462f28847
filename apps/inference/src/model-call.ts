import type { Answer } from './answer.js';
import type { BodyError } from './json-body.reader.js';
import type { ServerSpan } from './tracing/server-span.js';

/** A model call as far as the two protocols agree; what differs is inside. */
export interface ModelCall {
  /** Name without fault markers. */
  readonly model: string;
  /** Route without the names in it. */
  readonly route: string;
  /** Texts of the request in which `[fault:...]` markers are looked for. */
  readonly markedTexts: readonly string[];
  /** Computes the answer; deterministic. */
  answer(): Answer;
  /** The body of an answer that is not the model's. */
  errorBody(status: number, message: string): unknown;
  /** The answer to a request that cannot be used. */
  refuse(error: BodyError): Answer;
  /** Starts the span that the real server would have; `undefined` where it would have none. */
  startSpan(headers: NodeJS.Dict<string | string[]>): ServerSpan | undefined;
}

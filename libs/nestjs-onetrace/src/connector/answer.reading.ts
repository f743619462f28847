import { AnswerCheck } from './answer.check.js';
import { type AnswerChoice, wholeChoices } from './answer.choice.js';
import type { AnswerSchemas } from './answer.schema.js';
import type { CallOutcome } from './connector.call.js';
import type { ContentCapture } from './content.capture.js';
import { CHAT, TEXT } from './open-ai.operation.js';
import type { GenAiRequest } from './open-ai.request.js';
import { StreamedAnswer } from './streamed.answer.js';

/** Characters of a streamed answer that are put together to be checked; a longer one is not. */
const LONGEST_CHECKED = 1024 * 1024;

/** What of the content of one call's answer somebody wants to know. */
export class AnswerReading {
  private constructor(
    private readonly capture: ContentCapture | undefined,
    private readonly check: AnswerCheck | undefined,
  ) {}

  /** What is read of the answer to this request; `undefined` where nobody wants anything, or the answer is not in words. */
  static for(
    operation: string,
    body: Partial<GenAiRequest>,
    capture: ContentCapture | undefined,
    schemas?: AnswerSchemas,
  ): AnswerReading | undefined {
    if (operation !== CHAT.name && operation !== TEXT.name) return undefined;
    const check = AnswerCheck.for(body, schemas);
    return check === undefined && capture === undefined ? undefined : new AnswerReading(capture, check);
  }

  /** Puts a streamed answer together, as far as it is wanted; `undefined` where nobody wants it. */
  collector(): StreamedAnswer | undefined {
    const { capture, check } = this;
    const limit = Math.max(capture?.limit ?? 0, check === undefined ? 0 : LONGEST_CHECKED);
    return limit === 0 ? undefined : new StreamedAnswer(limit);
  }

  /** Of an answer that came as a whole. */
  ofWhole(choices: unknown): Pick<CallOutcome, 'content' | 'parsingFailures'> {
    return this.of(() => wholeChoices(choices));
  }

  /** @param choices read where they are wanted only. @param isCut whether they are the beginning of a longer answer. */
  of(choices: () => readonly AnswerChoice[], isCut = false): Pick<CallOutcome, 'content' | 'parsingFailures'> {
    const { capture, check } = this;
    return {
      content: capture === undefined ? undefined : () => capture.answer(choices()),
      parsingFailures: check === undefined || isCut ? undefined : (late) => check.failuresOf(choices(), late),
    };
  }
}

import type { Attributes } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';
import { textOf } from './answer.choice.js';
import { type CallOutcome, type EventReader, ResponseProblem, StreamedError } from './connector.call.js';
import type { ContentCapture } from './content.capture.js';
import { parseEvent, tellsError } from './event-data.js';
import type { GenerateResponse } from './kserve.types.js';
import { toldText } from './told-text.js';

/** Reads the events of Triton's `generate_stream`. It has neither a last word nor usage: the stream ends when the model is done. */
export class GenerateEvents implements EventReader<GenerateResponse> {
  readonly saidLast = false;
  private events = 0;
  private version: string | undefined;
  private text = '';

  constructor(
    private readonly model: string,
    private readonly capture: ContentCapture | undefined,
  ) {}

  isComplete(ended: boolean): boolean {
    return ended && this.events > 0;
  }

  read(data: string): GenerateResponse {
    const event = parseEvent(data);
    if (typeof event !== 'object' || event === null) throw new ResponseProblem('an event of its stream is no object');
    // Also after a 200: by then the headers had gone out.
    if (tellsError(event)) throw new StreamedError(data, undefined);
    const response = event as GenerateResponse;
    this.events += 1;
    this.version ??= toldText(response.model_version);
    if (this.capture !== undefined && this.text.length <= this.capture.limit)
      this.text += textOf(response.text_output) ?? '';
    return response;
  }

  describe(): CallOutcome {
    return {
      attributes: { [ATTR.genAiResponseModel]: this.model },
      extra: { model_version: this.version, events: this.events },
      content: generatedContent(this.capture, () => this.text),
    };
  }
}

/** What Triton generated, as content of a span; `undefined` where content is not captured. */
export function generatedContent(
  capture: ContentCapture | undefined,
  output: () => GenerateResponse['text_output'],
): (() => Attributes) | undefined {
  if (capture === undefined) return undefined;
  return () => {
    const texts = [output()].flat();
    return capture.answer(
      texts.map((text) => ({ text: textOf(text), reasoning: undefined, toolCalls: [], finishReason: undefined })),
    );
  };
}

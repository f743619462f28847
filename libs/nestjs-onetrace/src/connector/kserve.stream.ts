import { ATTR } from '../semantics/index.js';
import { type CallOutcome, type EventReader, ResponseProblem, StreamedError } from './connector.call.js';
import { parseEvent } from './event-data.js';
import type { GenerateResponse } from './kserve.types.js';

/** Reads the events of Triton's `generate_stream`. It has neither a last word nor usage: the stream ends when the model is done. */
export class GenerateEvents implements EventReader<GenerateResponse> {
  readonly saidLast = false;
  private events = 0;
  private version: string | undefined;

  constructor(private readonly model: string) {}

  isComplete(ended: boolean): boolean {
    return ended && this.events > 0;
  }

  read(data: string): GenerateResponse {
    const event = parseEvent(data);
    if (typeof event !== 'object' || event === null) throw new ResponseProblem('an event of its stream is no object');
    // Also after a 200: by then the headers had gone out.
    if ('error' in event) throw new StreamedError(data, undefined);
    const response = event as GenerateResponse;
    this.events += 1;
    this.version ??= response.model_version;
    return response;
  }

  describe(): CallOutcome {
    return {
      attributes: { [ATTR.genAiResponseModel]: this.model },
      extra: { model_version: this.version, events: this.events },
    };
  }
}

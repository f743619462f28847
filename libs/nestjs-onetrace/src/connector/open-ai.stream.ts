import { type CallOutcome, type EventReader, ResponseProblem, StreamedError } from './connector.call.js';
import { parseEvent } from './event-data.js';
import { answerOutcome } from './open-ai.outcome.js';
import type { StreamedChunk } from './open-ai.types.js';

/** Written by vLLM, OpenAI and llama.cpp behind the last chunk; transformers' server writes none. */
const LAST_WORD = '[DONE]';

/** Reads the chunks of a streamed completion, of a chat or of a text. */
export class CompletionEvents<Chunk extends StreamedChunk> implements EventReader<Chunk> {
  saidLast = false;
  private id: string | undefined;
  private model: string | undefined;
  private usage: unknown;
  private readonly finishReasons = new Map<number, string>();

  /** @param asksUsage whether we asked for the usage: the chunk that has nothing else is then not the consumer's. */
  constructor(private readonly asksUsage: boolean) {}

  isComplete(): boolean {
    return this.saidLast || this.finishReasons.size > 0;
  }

  read(data: string): Chunk | undefined {
    if (data === LAST_WORD) {
      this.saidLast = true;
      return undefined;
    }
    const chunk = parseEvent(data);
    if (isError(chunk)) throw new StreamedError(data, statusOf(chunk.error));
    if (!isChunk<Chunk>(chunk)) throw new ResponseProblem('an event of its stream has no list of choices');
    this.id ??= chunk.id;
    this.model ??= chunk.model;
    if (chunk.usage !== undefined && chunk.usage !== null) this.usage = chunk.usage;
    for (const { index = 0, finish_reason: reason } of chunk.choices)
      if (typeof reason === 'string') this.finishReasons.set(index, reason);
    return this.asksUsage && chunk.choices.length === 0 && this.usage !== undefined ? undefined : chunk;
  }

  describe(): CallOutcome {
    const { id, model, usage, finishReasons } = this;
    return answerOutcome(id, model, [...finishReasons.values()], usage);
  }
}

function isChunk<Chunk>(value: unknown): value is Chunk {
  const choices = (value as { choices?: unknown } | null)?.choices;
  return Array.isArray(choices) && choices.every((choice) => typeof choice === 'object' && choice !== null);
}

function isError(value: unknown): value is { readonly error: unknown } {
  const error = (value as { error?: unknown } | null)?.error;
  return error !== undefined && error !== null;
}

/** vLLM says the status that it would have answered as `code`; others say words there. */
function statusOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'number' && code >= 400 && code <= 599 ? code : undefined;
}

import type { AnswerReading } from './answer.reading.js';
import { type CallOutcome, type EventReader, ResponseProblem, StreamedError } from './connector.call.js';
import { parseEvent, tellsError } from './event-data.js';
import { type AnswerFacts, answerOutcome } from './open-ai.outcome.js';
import type { StreamedChunk } from './open-ai.types.js';
import type { StreamedAnswer } from './streamed.answer.js';
import { toldText } from './told-text.js';

/** Written by vLLM, OpenAI and llama.cpp behind the last chunk; transformers' server writes none. */
const LAST_WORD = '[DONE]';

/** Reads the chunks of a streamed completion, of a chat or of a text. */
export class CompletionEvents<Chunk extends StreamedChunk> implements EventReader<Chunk> {
  saidLast = false;
  private facts: AnswerFacts = {};
  private readonly finishReasons = new Map<number, string>();
  private readonly answer: StreamedAnswer | undefined;

  /**
   * @param asksUsage whether we asked for the usage: the chunk that has nothing else is then not the consumer's.
   * @param reading what somebody wants to know of the content.
   */
  constructor(
    private readonly asksUsage: boolean,
    private readonly reading?: AnswerReading,
  ) {
    this.answer = reading?.collector();
  }

  isComplete(): boolean {
    return this.saidLast || this.finishReasons.size > 0;
  }

  read(data: string): Chunk | undefined {
    // What follows the last word belongs to no answer.
    if (this.saidLast) return undefined;
    if (data.trim() === LAST_WORD) {
      this.saidLast = true;
      return undefined;
    }
    const chunk = parseEvent(data);
    if (tellsError(chunk)) throw new StreamedError(data, statusOf(chunk.error));
    if (!isChunk<Chunk>(chunk)) throw new ResponseProblem('an event of its stream has no list of choices');
    this.learn(chunk);
    this.answer?.add(chunk.choices);
    for (const { index = 0, finish_reason: reason } of chunk.choices)
      if (typeof reason === 'string') this.finishReasons.set(index, toldText(reason) ?? '');
    return this.asksUsage && chunk.choices.length === 0 && this.facts.usage !== undefined ? undefined : chunk;
  }

  describe(): CallOutcome {
    const { answer } = this;
    const outcome = answerOutcome(this.facts, [...this.finishReasons.values()]);
    return answer === undefined ? outcome : { ...outcome, ...this.reading?.of(() => answer.choices, answer.isCut) };
  }

  /** The first chunk says what is in all of them; usage and service tier may come with any, and the latest counts. */
  private learn(chunk: Chunk): void {
    const isFirst = this.facts.id === undefined && this.facts.model === undefined;
    const { usage, service_tier: tier } = chunk;
    if (!isFirst && (usage ?? tier ?? undefined) === undefined) return;
    const first = isFirst ? chunk : this.facts;
    this.facts = {
      id: first.id,
      model: first.model,
      system_fingerprint: first['system_fingerprint'],
      usage: usage ?? this.facts.usage,
      service_tier: tier ?? this.facts.service_tier,
    };
  }
}

function isChunk<Chunk>(value: unknown): value is Chunk {
  const choices = (value as { choices?: unknown } | null)?.choices;
  return Array.isArray(choices) && choices.every((choice) => typeof choice === 'object' && choice !== null);
}

/** vLLM says the status that it would have answered as `code`; others say words there. */
function statusOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'number' && code >= 400 && code <= 599 ? code : undefined;
}

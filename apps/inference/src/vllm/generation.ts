import type { Answer, Usage } from '../answer.js';
import type { Sampling } from './sampling.js';

/** A text that was generated, one word a token. */
export interface Generation {
  readonly id: string;
  readonly model: string;
  readonly words: readonly string[];
  readonly finishReason: 'stop' | 'length';
  readonly usage: Usage;
}

/** How an operation says what was generated. */
export interface Wording {
  /** `object` of a whole answer, and of a chunk. */
  readonly object: string;
  readonly chunkObject: string;
  /** What a whole answer's choice has besides index and finish reason. */
  readonly choice: (text: string) => object;
  /** Chunks in front of the first word. */
  readonly opening: readonly object[];
  /** What a chunk's choice has besides index and finish reason. */
  readonly delta: (text: string) => object;
}

/** Generates by repeating the last text; one word is one token. */
export function generate(texts: readonly string[], sampling: Sampling, model: string, id: string): Generation {
  const all = ['You', 'said:', ...wordsOf(texts.at(-1) ?? '')];
  const words = all.slice(0, sampling.maxTokens);
  return {
    id,
    model,
    words,
    finishReason: words.length < all.length ? 'length' : 'stop',
    usage: { promptTokens: countTokens(texts), completionTokens: words.length },
  };
}

/** Tokens of some texts. */
export function countTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + wordsOf(text).length, 0);
}

/** The words of a text, which are its tokens here. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** The answer as a whole or as a stream, as it was asked for. */
export function answerWith(generation: Generation, sampling: Sampling, wording: Wording): Answer {
  const { usage } = generation;
  return sampling.stream
    ? { status: 200, usage, events: streamEvents(generation, sampling.usage, wording) }
    : { status: 200, usage, body: wholeBody(generation, wording) };
}

function wholeBody({ id, model, words, finishReason, usage }: Generation, wording: Wording): unknown {
  return {
    id,
    object: wording.object,
    created: now(),
    model,
    choices: [
      { index: 0, ...wording.choice(words.join(' ')), logprobs: null, finish_reason: finishReason, stop_reason: null },
    ],
    service_tier: null,
    system_fingerprint: null,
    usage: { ...usageBody(usage), prompt_tokens_details: null, completion_tokens_details: null },
    kv_transfer_params: null,
  };
}

function streamEvents(
  { id, model, words, finishReason, usage }: Generation,
  told: Sampling['usage'],
  { chunkObject, opening, delta }: Wording,
): string[] {
  const head = { id, object: chunkObject, created: now(), model };
  const chunk = (said: object, completionTokens: number, finish: string | null = null) =>
    JSON.stringify({
      ...head,
      choices: [{ index: 0, ...said, logprobs: null, finish_reason: finish }],
      ...(told === 'each' ? { usage: usageBody({ ...usage, completionTokens }) } : {}),
    });
  return [
    ...opening.map((said) => chunk(said, 0)),
    ...words.map((word, index) => chunk(delta(index === 0 ? word : ` ${word}`), index + 1)),
    chunk(delta(''), words.length, finishReason),
    // With include_usage the last chunk has no choices at all: clients that read choices[0] break here.
    ...(told !== 'none' ? [JSON.stringify({ ...head, choices: [], usage: usageBody(usage) })] : []),
    '[DONE]',
  ];
}

/** Tokens as vLLM writes them. */
export function usageBody({ promptTokens, completionTokens }: Usage): object {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  };
}

/** Seconds of the epoch, as `created` has them. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

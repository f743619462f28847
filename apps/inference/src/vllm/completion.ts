import type { Answer, Usage } from '../answer.js';
import type { ChatRequest } from './chat.request.js';

interface Completion {
  readonly id: string;
  readonly model: string;
  readonly words: readonly string[];
  readonly finishReason: 'stop' | 'length';
  readonly usage: Usage;
}

/** Answers a chat request by repeating its last message; one word is one token. */
export function complete(request: ChatRequest, id: string): Answer {
  const all = ['You', 'said:', ...wordsOf(request.texts.at(-1) ?? '')];
  const words = all.slice(0, request.maxTokens);
  const promptTokens = request.texts.reduce((sum, text) => sum + wordsOf(text).length, 0);
  const completion: Completion = {
    id,
    model: request.model,
    words,
    finishReason: words.length < all.length ? 'length' : 'stop',
    usage: { promptTokens, completionTokens: words.length },
  };
  return request.stream
    ? { status: 200, usage: completion.usage, events: streamEvents(completion, request.includeUsage) }
    : { status: 200, usage: completion.usage, body: completionBody(completion) };
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function completionBody({ id, model, words, finishReason, usage }: Completion): unknown {
  return {
    id,
    object: 'chat.completion',
    created: now(),
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: words.join(' '), refusal: null, tool_calls: [], reasoning: null },
        logprobs: null,
        finish_reason: finishReason,
        stop_reason: null,
      },
    ],
    service_tier: null,
    system_fingerprint: null,
    usage: usageBody(usage),
    prompt_logprobs: null,
  };
}

function streamEvents({ id, model, words, finishReason, usage }: Completion, includeUsage: boolean): string[] {
  const head = { id, object: 'chat.completion.chunk', created: now(), model };
  const chunk = (delta: unknown, finish: string | null = null) =>
    JSON.stringify({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
  return [
    chunk({ role: 'assistant', content: '' }),
    ...words.map((word, index) => chunk({ content: index === 0 ? word : ` ${word}` })),
    chunk({ content: '' }, finishReason),
    // With include_usage the last chunk has no choices at all: clients that read choices[0] break here.
    ...(includeUsage ? [JSON.stringify({ ...head, choices: [], usage: usageBody(usage) })] : []),
    '[DONE]',
  ];
}

function usageBody({ promptTokens, completionTokens }: Usage): unknown {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
    prompt_tokens_details: null,
  };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

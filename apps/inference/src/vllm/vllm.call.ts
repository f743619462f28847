import { randomUUID } from 'node:crypto';
import type { Answer } from '../answer.js';
import { withoutMarkers } from '../fault.js';
import { BodyError, readOrError } from '../json-body.reader.js';
import type { ModelCall } from '../model-call.js';
import { startLlmRequestSpan } from '../tracing/llm-request.span.js';
import type { ServerTracing } from '../tracing/server-tracing.js';
import { readChatRequest, type TextRequest } from './chat.request.js';
import { readCompletionRequest } from './completion.request.js';
import { vllmErrorBody, vllmRefusal } from './error.body.js';
import { answerWith, generate, type Wording } from './generation.js';

/** A request to one of vLLM's routes. */
export interface VllmRequest {
  readonly text: string;
  /** Of the header `X-Request-Id`. */
  readonly requestId: string | undefined;
  /** Models that are served. */
  readonly models: readonly string[];
  readonly tracing: ServerTracing | undefined;
}

const CHAT: Wording = {
  object: 'chat.completion',
  chunkObject: 'chat.completion.chunk',
  choice: (content) => ({
    message: {
      role: 'assistant',
      content,
      refusal: null,
      annotations: null,
      audio: null,
      function_call: null,
      reasoning: null,
    },
  }),
  opening: [{ delta: { role: 'assistant', content: '' } }],
  delta: (content) => ({ delta: { content } }),
};
const TEXT: Wording = {
  object: 'text_completion',
  chunkObject: 'text_completion',
  choice: (text) => ({ text, prompt_logprobs: null }),
  opening: [],
  delta: (text) => ({ text, stop_reason: null }),
};

/** A chat completion as vLLM serves it. */
export function chatCall(request: VllmRequest): ModelCall {
  return textCall(request, '/v1/chat/completions', 'chatcmpl-', readChatRequest, CHAT);
}

/** A text completion as vLLM serves it. */
export function completionCall(request: VllmRequest): ModelCall {
  return textCall(request, '/v1/completions', 'cmpl-', readCompletionRequest, TEXT);
}

function textCall(
  request: VllmRequest,
  route: string,
  prefix: string,
  read: (text: string) => TextRequest,
  wording: Wording,
): ModelCall {
  const id = `${prefix}${request.requestId ?? randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const asked = readOrError(() => read(request.text));
  const call = vllmCall(request, route, asked, (model, { texts, sampling }) =>
    answerWith(generate(texts, sampling, model, id), sampling, wording),
  );
  return {
    ...call,
    startSpan: (headers) =>
      request.tracing === undefined || asked instanceof BodyError
        ? undefined
        : startLlmRequestSpan(request.tracing, headers, { id, sampling: asked.sampling }),
  };
}

/** What all calls of vLLM's models have in common; it leaves no span. */
export function vllmCall<T extends { readonly model: string }>(
  { text, models }: VllmRequest,
  route: string,
  asked: T | BodyError,
  answer: (model: string, asked: T) => Answer,
): ModelCall {
  const model = asked instanceof BodyError ? 'unknown' : withoutMarkers(asked.model);
  return {
    model,
    route,
    markedTexts: [text],
    errorBody: vllmErrorBody,
    refuse: vllmRefusal,
    answer: () => {
      if (asked instanceof BodyError) throw asked;
      if (models.includes(model)) return answer(model, asked);
      const message = `The model \`${model}\` does not exist. Valid aliases: ${models.join(', ')}.`;
      return { status: 404, body: vllmErrorBody(404, message, 'model') };
    },
    startSpan: () => undefined,
  };
}

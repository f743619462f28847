import { randomUUID } from 'node:crypto';
import { withoutMarkers } from '../fault.js';
import type { ModelCall } from '../model-call.js';
import { startLlmRequestSpan } from '../tracing/llm-request.span.js';
import type { ServerTracing } from '../tracing/server-tracing.js';
import { readChatRequest } from './chat.request.js';
import { complete } from './completion.js';
import { vllmErrorBody } from './error.body.js';

/**
 * A chat completion as vLLM serves it.
 *
 * @throws BodyError
 */
export function chatCall(
  body: Readonly<Record<string, unknown>>,
  models: readonly string[],
  requestId: string | undefined,
  tracing: ServerTracing | undefined,
): ModelCall {
  const chat = readChatRequest(body);
  const model = withoutMarkers(chat.model);
  const id = `chatcmpl-${requestId ?? randomUUID().replaceAll('-', '')}`;
  return {
    model,
    route: '/v1/chat/completions',
    markedTexts: [chat.model, ...chat.texts],
    errorBody: vllmErrorBody,
    answer: () =>
      models.includes(model)
        ? complete({ ...chat, model }, id)
        : { status: 404, body: vllmErrorBody(404, `The model \`${model}\` does not exist.`, 'model') },
    startSpan: (headers) => (tracing === undefined ? undefined : startLlmRequestSpan(tracing, headers, { id, chat })),
  };
}

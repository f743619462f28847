import { ATTR, SPAN_NAMES } from '../semantics/index.js';
import type { ModelCallPart } from './fetch.call.js';
import type { FetchRequest } from './fetch.request.js';
import { jsonWithList } from './json-response.js';
import {
  CHAT,
  EMBEDDINGS,
  type GenAiAnswer,
  type Operation,
  outcomeOf,
  RERANK,
  SCORE,
  TEXT,
} from './open-ai.operation.js';
import { type GenAiRequest, requestAttributes } from './open-ai.request.js';
import { CompletionEvents } from './open-ai.stream.js';

/** Paths of clients of the OpenAI API: with or without a version, because some base URLs hold it under another name. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  '/chat/completions': CHAT,
  '/completions': TEXT,
  '/embeddings': EMBEDDINGS,
  '/rerank': RERANK,
  '/score': SCORE,
};

/** Recognises a model call of a client of the OpenAI API. The body is read for the span, and sent as it is. */
export async function findOpenAiCall(
  path: string,
  request: FetchRequest,
  provider: string,
): Promise<ModelCallPart | undefined> {
  const operation = request.method === 'POST' ? OPERATIONS[path.replace(/^\/v\d+(?=\/)/, '')] : undefined;
  if (operation === undefined) return undefined;
  await request.readJson();
  const body = readBody(request.text);
  const attributes = requestAttributes(operation.name, provider, body);
  const { model } = body;
  return {
    spanName: model === undefined ? operation.name : SPAN_NAMES.genAi(operation.name, model),
    attributes: body['stream'] === true ? { ...attributes, [ATTR.genAiRequestStream]: true } : attributes,
    ...(model === undefined ? {} : { model }),
    answer: {
      whole: (response) => outcomeOf(jsonWithList<GenAiAnswer>(response, operation.list, operation.member)),
      events: () => new CompletionEvents(false),
    },
  };
}

/** A body that is none of the API's is the server's to refuse. */
function readBody(text: string | undefined): Partial<GenAiRequest> {
  try {
    const body = JSON.parse(text ?? '') as Readonly<Record<string, unknown>> | null;
    const { model, ...rest } = body ?? {};
    return typeof model === 'string' ? { ...rest, model } : rest;
  } catch {
    return {};
  }
}

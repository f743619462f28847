import { ATTR, SPAN_NAMES } from '../semantics/index.js';
import { AnswerReading } from './answer.reading.js';
import type { ContentCapture } from './content.capture.js';
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
  capture: ContentCapture | undefined,
): Promise<ModelCallPart | undefined> {
  const operation = request.method === 'POST' ? OPERATIONS[path.replace(/^\/v\d+(?=\/)/, '')] : undefined;
  if (operation === undefined) return undefined;
  await request.readJson();
  const body = readBody(request.text);
  const attributes = requestAttributes(operation.name, provider, body);
  const { model } = body;
  const reading = AnswerReading.for(operation.name, body, capture);
  return {
    spanName: model === undefined ? operation.name : SPAN_NAMES.genAi(operation.name, model),
    attributes: body['stream'] === true ? { ...attributes, [ATTR.genAiRequestStream]: true } : attributes,
    content: capture?.ofRequest(operation.name, body),
    ...(model === undefined ? {} : { model }),
    answer: {
      whole: (response) => {
        const answer = jsonWithList<GenAiAnswer>(response, operation.list, operation.member);
        return { ...outcomeOf(answer), ...reading?.ofWhole(answer.choices) };
      },
      events: () => new CompletionEvents(false, reading),
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

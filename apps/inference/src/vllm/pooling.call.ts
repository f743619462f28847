import { randomUUID } from 'node:crypto';
import { type BodyError, parseJsonObject, readOrError } from '../json-body.reader.js';
import type { ModelCall } from '../model-call.js';
import { missing, readMessages, readModel } from './chat.request.js';
import { countTokens, now, usageBody, wordsOf } from './generation.js';
import { MAX_MODEL_LENGTH } from './sampling.js';
import { vllmCall, type VllmRequest } from './vllm.call.js';

/** Numbers of an embedding. */
const DIMENSIONS = 8;

interface Asked {
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Embeddings that are the same for the same text, of length 1, as vLLM serves them. */
export function embeddingsCall(request: VllmRequest): ModelCall {
  const asked = read(request, (body) => ({
    texts: textsOf(body, 'input'),
    base64: body['encoding_format'] === 'base64',
  }));
  return vllmCall(request, '/v1/embeddings', asked, (model, { texts, base64 }) => {
    const usage = { promptTokens: countTokens(texts), completionTokens: 0 };
    const data = texts.map((text, index) => {
      const numbers = embed(text);
      const embedding = base64 ? Buffer.from(Float32Array.from(numbers).buffer).toString('base64') : numbers;
      return { index, object: 'embedding', embedding };
    });
    const id = newId('embd');
    return { status: 200, body: { id, object: 'list', created: now(), model, data, usage: usageBody(usage) } };
  });
}

/** Documents in the order of their likeness to a query, as vLLM serves them. */
export function rerankCall(request: VllmRequest): ModelCall {
  const asked = read(request, (body) => ({
    query: textsOf(body, 'query')[0] ?? '',
    documents: textsOf(body, 'documents'),
    top: typeof body['top_n'] === 'number' && body['top_n'] > 0 ? body['top_n'] : undefined,
  }));
  return vllmCall(request, '/v1/rerank', asked, (model, { query, documents, top }) => {
    const results = documents
      .map((text, index) => ({ index, document: { text }, relevance_score: likeness(query, text) }))
      .sort((left, right) => right.relevance_score - left.relevance_score)
      .slice(0, top);
    const usage = { total_tokens: countTokens([query, ...documents]) };
    return { status: 200, body: { id: newId('rerank'), model, usage, results } };
  });
}

/** How alike texts are, pair by pair or one with each, as vLLM serves it. */
export function scoreCall(request: VllmRequest): ModelCall {
  const asked = read(request, (body) => ({ left: textsOf(body, 'text_1'), right: textsOf(body, 'text_2') }));
  return vllmCall(request, '/score', asked, (model, { left, right }) => {
    const data = right.map((text, index) => {
      const other = left[left.length === 1 ? 0 : index] ?? '';
      return { index, object: 'score', score: likeness(other, text) };
    });
    const usage = usageBody({ promptTokens: countTokens([...left, ...right]), completionTokens: 0 });
    return { status: 200, body: { id: newId('score'), object: 'list', created: now(), model, data, usage } };
  });
}

/** The tokens of a text or a chat, one for each word. */
export function tokenizeCall(request: VllmRequest): ModelCall {
  const asked = read(request, (body) => ({ texts: 'messages' in body ? readMessages(body) : textsOf(body, 'prompt') }));
  return vllmCall(request, '/tokenize', asked, (_model, { texts }) => {
    const tokens = texts.flatMap(wordsOf).map((word) => hash(word) % 512);
    return {
      status: 200,
      body: { count: tokens.length, max_model_len: MAX_MODEL_LENGTH, tokens, token_strs: null },
    };
  });
}

function read<T extends object>(
  { text }: VllmRequest,
  more: (body: Asked['body']) => T,
): (T & { model: string }) | BodyError {
  return readOrError(() => {
    const body = parseJsonObject(text);
    return { model: readModel(body), ...more(body) };
  });
}

function textsOf(body: Asked['body'], field: string): string[] {
  const value = body[field];
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length === 0 || texts.some((text) => typeof text !== 'string')) throw missing(field);
  return texts as string[];
}

function embed(text: string): number[] {
  const raw = Array.from({ length: DIMENSIONS }, (_, index) => (hash(`${index}${text}`) % 2001) / 1000 - 1);
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => value / length);
}

/** Share of the words of one text that the other has too. */
function likeness(left: string, right: string): number {
  const [words, others] = [new Set(wordsOf(left)), new Set(wordsOf(right))];
  return [...words].filter((word) => others.has(word)).length / Math.max(words.size, others.size, 1);
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0, 7);
}

function newId(prefix: string): string {
  return `${prefix}-${randomUUID().replaceAll('-', '').slice(0, 16)}`;
}

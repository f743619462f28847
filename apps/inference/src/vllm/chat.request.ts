import { BodyError, isRecord, parseJsonObject } from '../json-body.reader.js';
import { schemaError } from './error.body.js';
import { readSampling, type Sampling } from './sampling.js';

/** What the stand-in reads of a request for a text. */
export interface TextRequest {
  readonly model: string;
  /** All texts of it, in order; the last one is repeated. */
  readonly texts: readonly string[];
  readonly sampling: Sampling;
}

/**
 * Reads the body of `POST /v1/chat/completions`.
 *
 * @throws BodyError
 */
export function readChatRequest(text: string): TextRequest {
  const body = parseJsonObject(text);
  return { model: readModel(body), texts: readMessages(body), sampling: readSampling(body) };
}

/** @throws BodyError */
export function readMessages({ messages }: Readonly<Record<string, unknown>>): string[] {
  if (!Array.isArray(messages)) throw missing('messages');
  if (messages.length === 0) {
    throw new BodyError(400, 'Cannot apply chat template to an empty conversation. Provide at least one message.');
  }
  return messages.map(textOf);
}

/** @throws BodyError */
export function readModel({ model }: Readonly<Record<string, unknown>>): string {
  if (typeof model !== 'string') throw missing('model');
  return model;
}

/** A field that has to be there. */
export function missing(field: string): BodyError {
  return schemaError('missing', `body.${field}`, 'Field required');
}

function textOf(message: unknown): string {
  if (!isRecord(message)) throw schemaError('dict_type', 'body.messages', 'Input should be a valid dictionary');
  const { content } = message;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isRecord(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

import { BodyError, isRecord } from '../json-body.reader.js';

/** What the stand-in reads of a chat completion request. */
export interface ChatRequest {
  readonly model: string;
  /** Text of all messages, in order. */
  readonly texts: readonly string[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

/**
 * Reads the body of `POST /v1/chat/completions`.
 *
 * @throws BodyError
 */
export function readChatRequest(body: Readonly<Record<string, unknown>>): ChatRequest {
  const { model, messages, stream_options: streamOptions } = body;
  if (typeof model !== 'string') throw new BodyError(400, "'model' is required and must be a string");
  if (!Array.isArray(messages) || messages.length === 0)
    throw new BodyError(400, "'messages' must be a non-empty list");
  return {
    model,
    texts: messages.map(textOf),
    maxTokens: number(body['max_completion_tokens'] ?? body['max_tokens'], 'max_tokens', 64),
    temperature: number(body['temperature'], 'temperature', 1),
    topP: number(body['top_p'], 'top_p', 1),
    stream: body['stream'] === true,
    includeUsage: isRecord(streamOptions) && streamOptions['include_usage'] === true,
  };
}

function textOf(message: unknown): string {
  if (!isRecord(message)) throw new BodyError(400, "'messages' must be a list of objects");
  const { content } = message;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isRecord(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

function number(value: unknown, name: string, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number' || value < 0)
    throw new BodyError(400, `'${name}' must be a number that is not negative`);
  return value;
}

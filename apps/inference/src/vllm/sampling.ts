import { BodyError, isRecord } from '../json-body.reader.js';

/** How a text is generated, and how it is sent. */
export interface Sampling {
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly stream: boolean;
  /** Of a stream: what was used, in a last chunk of its own, or in each chunk too, as far as it has come. */
  readonly usage: 'none' | 'last' | 'each';
}

/** Tokens that the model takes at most, prompt and answer together. */
export const MAX_MODEL_LENGTH = 8192;
const DEFAULT_MAX_TOKENS = 64;

/**
 * Reads what chat completions and completions share.
 *
 * @throws BodyError
 */
export function readSampling(body: Readonly<Record<string, unknown>>): Sampling {
  const maxTokens = number(body['max_completion_tokens'] ?? body['max_tokens'], 'max_tokens', DEFAULT_MAX_TOKENS);
  if (maxTokens > MAX_MODEL_LENGTH) {
    throw new BodyError(
      400,
      `max_tokens=${maxTokens} cannot be greater than max_model_len=${MAX_MODEL_LENGTH}. Please request fewer output tokens. ` +
        `(parameter=max_tokens, value=${maxTokens})`,
      { param: 'max_tokens' },
    );
  }
  return {
    maxTokens,
    temperature: number(body['temperature'], 'temperature', 1),
    topP: number(body['top_p'], 'top_p', 1),
    stream: body['stream'] === true,
    usage: readUsage(body['stream_options']),
  };
}

function readUsage(options: unknown): Sampling['usage'] {
  if (!isRecord(options) || options['include_usage'] !== true) return 'none';
  return options['continuous_usage_stats'] === true ? 'each' : 'last';
}

function number(value: unknown, name: string, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'number' && value >= 0) return value;
  const shown = typeof value === 'number' ? value.toFixed(1) : JSON.stringify(value);
  throw new BodyError(400, `${name} must be non-negative, got ${shown}. (parameter=${name}, value=${shown})`, {
    param: name,
  });
}

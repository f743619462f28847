import type { Attributes } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';
import { defined } from './open-ai.outcome.js';

/** The body of a GenAI operation; a caller may have put anything beside the model. */
export interface GenAiRequest {
  readonly model: string;
  readonly [field: string]: unknown;
}

/** What a request to a server of the OpenAI API asks for, as the GenAI conventions name it; never its content. */
export function requestAttributes(operation: string, provider: string, body: Partial<GenAiRequest>): Attributes {
  const tier = text(body['service_tier']);
  const choices = number(body['n']);
  return defined({
    [ATTR.genAiOperationName]: operation,
    [ATTR.genAiProviderName]: provider,
    [ATTR.genAiRequestModel]: body.model,
    [ATTR.genAiRequestMaxTokens]: number(body['max_completion_tokens'] ?? body['max_tokens']),
    [ATTR.genAiRequestTemperature]: number(body['temperature']),
    [ATTR.genAiRequestTopP]: number(body['top_p']),
    [ATTR.genAiRequestTopK]: number(body['top_k']),
    [ATTR.genAiRequestFrequencyPenalty]: number(body['frequency_penalty']),
    [ATTR.genAiRequestPresencePenalty]: number(body['presence_penalty']),
    [ATTR.genAiRequestStopSequences]: texts(body['stop']),
    [ATTR.genAiRequestSeed]: number(body['seed']),
    // One is what everybody expects.
    [ATTR.genAiRequestChoiceCount]: choices === 1 ? undefined : choices,
    [ATTR.genAiOutputType]: outputType(body['response_format']),
    [ATTR.genAiRequestReasoningLevel]: text(body['reasoning_effort']),
    [ATTR.genAiRequestEncodingFormats]: texts(body['encoding_format']),
    [ATTR.genAiEmbeddingsDimensionCount]: number(body['dimensions']),
    // Attributes of one provider's flavour, which another one's spans must not have.
    [ATTR.openAiApiType]: provider === 'openai' && operation === 'chat' ? 'chat_completions' : undefined,
    [ATTR.openAiRequestServiceTier]: tier === 'auto' ? undefined : tier,
  });
}

function outputType(format: unknown): string | undefined {
  const type = text((format as { type?: unknown } | null | undefined)?.type);
  return type?.startsWith('json') === true ? 'json' : type === 'text' ? 'text' : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function texts(value: unknown): string[] | undefined {
  if (typeof value === 'string') return [value];
  const list: unknown[] = Array.isArray(value) ? value : [];
  const found = list.filter((item) => typeof item === 'string');
  return found.length === 0 ? undefined : found;
}

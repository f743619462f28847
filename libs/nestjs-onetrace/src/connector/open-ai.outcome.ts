import type { Attributes } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';
import type { CallOutcome } from './connector.call.js';
import type { TokenUsage } from './open-ai.types.js';

/** What the answer of a server of the OpenAI API says about itself; never its content. */
export function answerOutcome(
  id: string | undefined,
  model: string | undefined,
  finishReasons: string[],
  usage: TokenUsage | null | undefined,
): CallOutcome {
  const [inputTokens, outputTokens] = [usage?.prompt_tokens, usage?.completion_tokens];
  return {
    attributes: defined({
      [ATTR.genAiResponseId]: id,
      [ATTR.genAiResponseModel]: model,
      [ATTR.genAiResponseFinishReasons]: finishReasons,
      [ATTR.genAiUsageInputTokens]: inputTokens,
      [ATTR.genAiUsageOutputTokens]: outputTokens,
    }),
    extra: { input_tokens: inputTokens, output_tokens: outputTokens, finish_reasons: finishReasons },
  };
}

/** The attributes without those that nothing is known of. */
export function defined(attributes: Readonly<Record<string, Attributes[string] | null>>): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null),
  ) as Attributes;
}

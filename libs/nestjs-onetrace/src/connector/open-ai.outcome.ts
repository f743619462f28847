import type { Attributes } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';
import type { CallOutcome } from './connector.call.js';
import { toldText } from './told-text.js';

/** What the answer of a server of the OpenAI API, or its chunks together, say about it; a server may send anything there. */
export interface AnswerFacts {
  readonly id?: unknown;
  readonly model?: unknown;
  readonly usage?: unknown;
  readonly service_tier?: unknown;
  readonly system_fingerprint?: unknown;
}

/** What an answer tells about itself; never its content. */
export function answerOutcome(facts: AnswerFacts, finishReasons: string[]): CallOutcome {
  const { usage } = facts;
  const [inputTokens, outputTokens] = [tokens(usage, 'prompt_tokens'), tokens(usage, 'completion_tokens')];
  const [ofPrompt, ofAnswer] = [member(usage, 'prompt_tokens_details'), member(usage, 'completion_tokens_details')];
  const reasons = finishReasons.length === 0 ? undefined : finishReasons;
  return {
    attributes: defined({
      [ATTR.genAiResponseId]: toldText(facts.id),
      [ATTR.genAiResponseModel]: toldText(facts.model),
      [ATTR.genAiResponseFinishReasons]: reasons,
      [ATTR.genAiUsageInputTokens]: inputTokens,
      [ATTR.genAiUsageOutputTokens]: outputTokens,
      [ATTR.genAiUsageCacheReadInputTokens]: tokens(ofPrompt, 'cached_tokens'),
      // No field of OpenAI's own: gateways in front of other providers send it.
      [ATTR.genAiUsageCacheCreationInputTokens]: tokens(ofPrompt, 'cache_write_tokens'),
      [ATTR.genAiUsageReasoningOutputTokens]: tokens(ofAnswer, 'reasoning_tokens'),
      [ATTR.openAiResponseServiceTier]: toldText(facts.service_tier),
      [ATTR.openAiResponseSystemFingerprint]: toldText(facts.system_fingerprint),
    }),
    extra: { input_tokens: inputTokens, output_tokens: outputTokens, finish_reasons: reasons },
  };
}

/** Why the choices of an answer stopped. */
export function finishReasonsOf(choices: unknown): string[] {
  if (!Array.isArray(choices)) return [];
  return choices.flatMap((choice: { finish_reason?: unknown } | null) => {
    const reason = toldText(choice?.finish_reason);
    return reason === undefined ? [] : [reason];
  });
}

/** The attributes without those that nothing is known of. */
export function defined(attributes: Readonly<Record<string, Attributes[string] | null>>): Attributes {
  const known: Attributes = {};
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined && value !== null) known[key] = value;
  }
  return known;
}

function member(value: unknown, field: string): unknown {
  return (value as Readonly<Record<string, unknown>> | null | undefined)?.[field];
}

function tokens(usage: unknown, field: string): number | undefined {
  const count = member(usage, field);
  return typeof count === 'number' ? count : undefined;
}

import type { Attributes } from '@opentelemetry/api';
import { ATTR } from '../semantics/index.js';
import type { CallOutcome } from './connector.call.js';

/** What the answer of a server of the OpenAI API says about itself; never its content. A server may send anything there. */
export function answerOutcome(id: unknown, model: unknown, finishReasons: string[], usage: unknown): CallOutcome {
  const [inputTokens, outputTokens] = [tokens(usage, 'prompt_tokens'), tokens(usage, 'completion_tokens')];
  const reasons = finishReasons.length === 0 ? undefined : finishReasons;
  return {
    attributes: defined({
      [ATTR.genAiResponseId]: text(id),
      [ATTR.genAiResponseModel]: text(model),
      [ATTR.genAiResponseFinishReasons]: reasons,
      [ATTR.genAiUsageInputTokens]: inputTokens,
      [ATTR.genAiUsageOutputTokens]: outputTokens,
    }),
    extra: { input_tokens: inputTokens, output_tokens: outputTokens, finish_reasons: reasons },
  };
}

/** Why the choices of an answer stopped. */
export function finishReasonsOf(choices: unknown): string[] {
  if (!Array.isArray(choices)) return [];
  return choices.flatMap((choice: { finish_reason?: unknown } | null) => {
    const reason = choice?.finish_reason;
    return typeof reason === 'string' ? [reason] : [];
  });
}

/** The attributes without those that nothing is known of. */
export function defined(attributes: Readonly<Record<string, Attributes[string] | null>>): Attributes {
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(known) as Attributes;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function tokens(usage: unknown, field: string): number | undefined {
  const count = (usage as Readonly<Record<string, unknown>> | null | undefined)?.[field];
  return typeof count === 'number' ? count : undefined;
}

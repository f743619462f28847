import type { Attributes } from '@opentelemetry/api';
import type { TokenCounts } from '../metrics/index.js';
import { ATTR } from '../semantics/index.js';

/** The tokens that the attributes of an answer tell, by the names of the GenAI conventions 1.41. */
export function tokenCounts(attributes: Attributes): TokenCounts {
  const counts: { -readonly [Kind in keyof TokenCounts]: number } = {};
  for (const [kind, key] of KEYS) {
    const value = attributes[key];
    if (Number.isSafeInteger(value) && (value as number) >= 0) counts[kind] = value as number;
  }
  return counts;
}

const KEYS: readonly (readonly [keyof TokenCounts, string])[] = [
  ['input', ATTR.genAiUsageInputTokens],
  ['output', ATTR.genAiUsageOutputTokens],
  ['cacheRead', ATTR.genAiUsageCacheReadInputTokens],
  ['cacheWrite', ATTR.genAiUsageCacheCreationInputTokens],
  ['reasoning', ATTR.genAiUsageReasoningOutputTokens],
];

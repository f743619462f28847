import type { Attributes } from '@opentelemetry/api';
import { ATTR, type GenAiConventions } from '../semantics/index.js';

/** What an attribute of 1.41 is called in the newest conventions. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  [ATTR.genAiUsageCacheCreationInputTokens, ATTR.genAiUsageCacheWriteInputTokens],
]);
/** What only the newest have. */
const ADDED: ReadonlySet<string> = new Set([ATTR.genAiRequestReasoningLevel]);

/** Attributes as the conventions that are asked for name them. They are made by the names of 1.41, and here alone translated. */
export function inConventions(conventions: GenAiConventions, attributes: Attributes): Attributes {
  const named: Attributes = {};
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined) continue;
    if (conventions === 'latest') named[RENAMED.get(key) ?? key] = value;
    else if (!ADDED.has(key)) named[key] = value;
  }
  return named;
}

/**
 * What the newest conventions want of an answer that broke off before the model said why it stopped; nothing for 1.41, and for what
 * has no such reasons.
 */
export function brokenOff(conventions: GenAiConventions, operation: unknown, answered: Attributes): Attributes {
  const isGeneration = operation === 'chat' || operation === 'text_completion';
  if (conventions !== 'latest' || !isGeneration || answered[ATTR.genAiResponseFinishReasons] !== undefined) return {};
  return { [ATTR.genAiResponseFinishReasons]: ['error'] };
}

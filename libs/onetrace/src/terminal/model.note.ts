import type { ModelUsage } from '../flow/flow.js';
import { formatDuration } from './time.format.js';

/** What the call of a model took, what matters most first: `0.0053 USD`, `3 → 5 tokens`, `first 120 ms`. */
export function modelNotes({ inputTokens, outputTokens, firstChunkMs, cost, currency }: ModelUsage): string[] {
  const tokens = [inputTokens, outputTokens].filter((count) => count !== undefined);
  const notes: string[] = [];
  if (cost !== undefined) notes.push([formatAmount(cost), currency].filter((part) => part !== undefined).join(' '));
  if (tokens.length > 0) notes.push(`${tokens.join(' → ')} tokens`);
  if (firstChunkMs !== undefined) notes.push(`first ${formatDuration(firstChunkMs)}`);
  return notes;
}

/** Three digits that count, however small: a call can cost less than a millionth. */
function formatAmount(amount: number): string {
  if (amount >= 100) return String(Math.round(amount));
  return amount.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

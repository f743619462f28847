import { maskQuotes } from './content.mask.js';

/**
 * The words of a server that answered with an error: vLLM's `{"error":{"message"}}`, Triton's and vLLM's
 * `{"error":"..."}`, the same as the first event of a stream, FastAPI's `{"detail"}`, `{"message"}`, or plain text. Bounded, without secrets and without what it
 * quotes from the request; empty where the server said nothing readable.
 */
export function readServerError(body: string, sent: string, secrets: readonly string[]): string {
  return maskQuotes(messageOf(body), sent, secrets).replace(/\s+/g, ' ').trim();
}

function messageOf(body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body.replace(/^data: /, ''));
  } catch {
    // An HTML page of a proxy says nothing that its status does not say.
    return /^\s*</.test(body) ? '' : body;
  }
  const error = field(value, 'error');
  const candidates = [field(error, 'message'), error, field(value, 'message'), field(value, 'detail')];
  return candidates.find((candidate): candidate is string => typeof candidate === 'string') ?? '';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

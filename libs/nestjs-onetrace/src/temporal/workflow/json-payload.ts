import type { Payload } from '@temporalio/common';

/** Metadata `encoding` of a Payload whose data is JSON in UTF-8. */
export const JSON_ENCODING = 'json/plain';

const DECODER = new TextDecoder();

/** The members of the JSON object that a Payload holds; `undefined` where it holds none, or one of more bytes than that. */
export function readJsonPayload(
  { data, metadata }: Payload,
  longest = Infinity,
): Readonly<Record<string, unknown>> | undefined {
  try {
    if (!data || data.length > longest || DECODER.decode(metadata?.['encoding'] ?? undefined) !== JSON_ENCODING) {
      return undefined;
    }
    const value: unknown = JSON.parse(DECODER.decode(data));
    return typeof value === 'object' && !Array.isArray(value) && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

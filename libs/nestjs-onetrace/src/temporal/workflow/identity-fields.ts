import { BAGGAGE_KEYS } from '../../semantics/index.js';

const LOGGED = new Set<string>([
  BAGGAGE_KEYS.clientId,
  BAGGAGE_KEYS.pipelineId,
  BAGGAGE_KEYS.tenantId,
  BAGGAGE_KEYS.userId,
]);

/**
 * The identity in a `baggage` value as fields of a log line, which have the names of the baggage members. What is
 * malformed is skipped. The value itself is passed on as it came.
 */
export function identityFields(baggage: string | undefined): Record<string, string> {
  return readMembers(baggage, LOGGED);
}

/** Whether a `baggage` value asks for the debug lines of the flow. */
export function isDebugWanted(baggage: string | undefined): boolean {
  return readMembers(baggage, new Set([BAGGAGE_KEYS.logLevel]))[BAGGAGE_KEYS.logLevel] === 'debug';
}

function readMembers(baggage: string | undefined, keys: ReadonlySet<string>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const member of baggage?.split(',') ?? []) {
    const [key = '', value = ''] = (member.split(';', 1)[0] ?? '').split('=', 2);
    if (!keys.has(key.trim())) continue;
    try {
      const text = decodeURIComponent(value.trim());
      if (text !== '' && text.length <= 256) fields[key.trim()] = text;
    } catch {
      // Not percent-encoded: not ours.
    }
  }
  return fields;
}

import type { Identity } from '../../context/index.js';
import { BAGGAGE_KEYS, HASHED_IDENTIFIER } from '../../semantics/index.js';

const FIELDS = Object.keys(BAGGAGE_KEYS) as (keyof Identity)[];

/** Reads our members of a `baggage` value; what is malformed is skipped. */
export function readIdentity(baggage: string | undefined): Identity {
  const identity: { -readonly [Field in keyof Identity]: string } = {};
  for (const member of baggage?.split(',') ?? []) {
    const { key, text } = readMember(member);
    const field = FIELDS.find((one) => BAGGAGE_KEYS[one] === key);
    if (field !== undefined && text !== undefined && text !== '' && text.length <= 256) identity[field] = text;
  }
  return identity;
}

/** An identity as fields of a log line, which have the names of the baggage members; the level asked for among them. */
export function identityFields(identity: Identity): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const field of FIELDS) {
    const value = identity[field];
    if (value !== undefined && field !== 'requestId') fields[BAGGAGE_KEYS[field]] = value;
  }
  return fields;
}

/**
 * A `baggage` value without user IDs that are not hashed: a starter that is not Onetrace may send one, and the isolate,
 * which has neither key nor `crypto`, would spread it to activities and children. Everything else stays as it came.
 */
export function withoutRawUserIds(baggage: string | undefined): string | undefined {
  if (baggage === undefined || !baggage.includes(BAGGAGE_KEYS.userId)) return baggage;
  const members = baggage.split(',').filter((member) => {
    const { key, text = '' } = readMember(member);
    return key !== BAGGAGE_KEYS.userId || HASHED_IDENTIFIER.test(text);
  });
  return members.length === 0 ? undefined : members.join(',');
}

/** Key and value of a member; no value where it is not percent-encoded as it should be. */
function readMember(member: string): { key: string; text?: string } {
  const [name = '', value = ''] = (member.split(';', 1)[0] ?? '').split('=', 2);
  const key = name.trim();
  try {
    return { key, text: decodeURIComponent(value.trim()) };
  } catch {
    return { key };
  }
}

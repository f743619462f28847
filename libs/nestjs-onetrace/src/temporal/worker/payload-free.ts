/** Whoever holds a task token can complete the task. */
const TASK_TOKENS: ReadonlySet<string> = new Set(['taskToken', 'task_token']);

/**
 * A message of Temporal's protocol (the SDK's debug lines hold whole tasks) that leaves out what its payloads carry:
 * arguments, results, heartbeats, memos, headers, all of it in base64, in which nobody finds a secret. Everything else is
 * given back as it is. Nothing is read before somebody writes it out as JSON.
 */
export function withoutPayloads(value: unknown): unknown {
  if (isMessage(value)) return new PayloadFree(value);
  return Array.isArray(value) && value.some(isMessage) ? value.map(withoutPayloads) : value;
}

class PayloadFree {
  readonly #message: object;

  constructor(message: object) {
    this.#message = message;
  }

  toJSON(): unknown {
    return JSON.parse(JSON.stringify(this.#message, readable)) as unknown;
  }
}

function readable(key: string, value: unknown): unknown {
  if (TASK_TOKENS.has(key)) return undefined;
  return isPayload(value) ? '[payload]' : value;
}

/** In the JSON of Protobuf: `metadata` with the encoding, and `data`, which a payload of nothing has not. */
function isPayload(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { metadata } = value as { metadata?: unknown };
  return typeof metadata === 'object' && metadata !== null && 'encoding' in metadata;
}

/** An object of a class that protobufjs has made. */
function isMessage(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const { constructor, toJSON } = value as { constructor?: unknown; toJSON?: unknown };
  return typeof toJSON === 'function' && typeof constructor === 'function' && 'encodeDelimited' in constructor;
}

/** One thing that goes wrong on demand. */
export type Fault =
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: 500 | 503 }
  /** 503 for the first request under its key, success from the second on. */
  | { readonly kind: '503-once'; readonly key?: string }
  /** Answers 200 with half of the answer, which is no JSON; the model itself did its work. */
  | { readonly kind: 'garbled' }
  /** Never sends headers. */
  | { readonly kind: 'hang' }
  /** Destroys the socket instead of answering. */
  | { readonly kind: 'reset' };

/** A fault that this server does not know; answered with 400, so that a mistyped test fails. */
export class UnknownFaultError extends Error {
  constructor(received: string) {
    super(`unknown fault "${received}": expected slow:<ms>, 500, 503, 503-once[:<key>], garbled, hang or reset`);
  }
}

const MARKER = /\[fault:([^\]]{1,100})\]/g;
const LONGEST_DELAY_MS = 600_000;

/**
 * Reads a comma-separated list such as `slow:300,503-once`.
 *
 * @throws UnknownFaultError
 */
export function parseFaults(list: string): readonly Fault[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map(parseFault);
}

/** What may select a fault, the strongest first: the `x-fault` header, markers in the model's name or the prompt, the default. */
export interface FaultSources {
  readonly header: string | undefined;
  /** Texts in which `[fault:...]` markers are looked for. */
  readonly texts: readonly string[];
  readonly fallback: readonly Fault[];
}

/** @throws UnknownFaultError */
export function selectFaults({ header, texts, fallback }: FaultSources): readonly Fault[] {
  if (header !== undefined) return parseFaults(header);
  const marked = texts.flatMap((text) => [...text.matchAll(MARKER)].map((match) => parseFault(match[1] ?? '')));
  return marked.length > 0 ? marked : fallback;
}

/** A model's name without the markers that select faults. */
export function withoutMarkers(name: string): string {
  return name.replace(MARKER, '');
}

function parseFault(text: string): Fault {
  const [kind, argument] = split(text);
  switch (kind) {
    case '500':
    case '503':
      return { kind: 'status', status: kind === '500' ? 500 : 503 };
    case '503-once':
      return argument === undefined ? { kind } : { kind, key: argument };
    case 'garbled':
    case 'hang':
    case 'reset':
      return { kind };
    case 'slow': {
      const ms = Number(argument);
      if (Number.isInteger(ms) && ms >= 0 && ms <= LONGEST_DELAY_MS) return { kind, ms };
      break;
    }
  }
  throw new UnknownFaultError(text);
}

function split(text: string): [string, string?] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** One thing that goes wrong on demand. */
export type Fault =
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: 500 | 503 }
  /** 503 for the first request under its key, success from the second on. */
  | { readonly kind: '503-once'; readonly key?: string }
  /** Asks to come again after so many seconds. */
  | { readonly kind: '429'; readonly seconds: number }
  /** Sends the client to another address, its own unless told otherwise. */
  | { readonly kind: 'redirect'; readonly to: string | undefined }
  /** Never sends headers. */
  | { readonly kind: 'hang' }
  /** Destroys the socket instead of answering. */
  | { readonly kind: 'reset' }
  /** A stream that ends with an error event in its middle; a whole answer fails with 500. */
  | { readonly kind: 'stream-error' }
  /** The model does its work, and the answer does not arrive as it is. */
  | { readonly kind: 'garbled' | 'truncated' | 'half-closed' | 'wrong-type' | 'bomb' }
  | { readonly kind: 'drip'; readonly ms: number };

const KNOWN =
  'slow:<ms>, 500, 503, 503-once[:<key>], 429[:<seconds>], redirect[:<url>], hang, reset, stream-error, garbled, truncated, ' +
  'half-closed, wrong-type, bomb or drip[:<ms>]';

/** A fault that this server does not know; answered with 400, so that a mistyped test fails. */
export class UnknownFaultError extends Error {
  constructor(received: string) {
    super(`unknown fault "${received}": expected ${KNOWN}`);
  }
}

const MARKER = /\[fault:([^\]]{1,200})\]/g;
const LONGEST_DELAY_MS = 600_000;
const DRIP_MS = 20;

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
    case '429':
      return { kind, seconds: duration(argument ?? '1', text) };
    case 'redirect':
      return { kind, to: argument };
    case 'hang':
    case 'reset':
    case 'stream-error':
    case 'garbled':
    case 'truncated':
    case 'half-closed':
    case 'wrong-type':
    case 'bomb':
      return { kind };
    case 'drip':
      return { kind, ms: duration(argument ?? String(DRIP_MS), text) };
    case 'slow':
      return { kind, ms: duration(argument, text) };
  }
  throw new UnknownFaultError(text);
}

function duration(argument: string | undefined, fault: string): number {
  const value = Number(argument);
  if (Number.isInteger(value) && value >= 0 && value <= LONGEST_DELAY_MS) return value;
  throw new UnknownFaultError(fault);
}

function split(text: string): [string, string?] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
}

import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
const HEX = '0123456789abcdef';
/** Character codes of the two digits of every byte. */
const HIGH = Uint8Array.from({ length: 256 }, (_, byte) => HEX.charCodeAt(byte >> 4));
const LOW = Uint8Array.from({ length: 256 }, (_, byte) => HEX.charCodeAt(byte & 15));

// Filled at the first need, never at load: a process started from a snapshot must not repeat the IDs of another.
const pool = new Uint8Array(POOL_BYTES);
let next = POOL_BYTES;

/** A random span ID: 16 lower-case hexadecimal digits, never all zero. */
export function createSpanId(): string {
  for (;;) {
    const at = take(8);
    if (isSet(at)) return hex(at);
  }
}

/** A random trace ID: 32 lower-case hexadecimal digits, all of them random, never all zero. */
export function createTraceId(): string {
  for (;;) {
    const at = take(16);
    if (isSet(at) || isSet(at + 8)) return hex(at) + hex(at + 8);
  }
}

function take(bytes: number): number {
  if (next + bytes > POOL_BYTES) {
    randomFillSync(pool);
    next = 0;
  }
  const at = next;
  next += bytes;
  return at;
}

function isSet(at: number): boolean {
  for (let index = at; index < at + 8; index++) if (pool[index] !== 0) return true;
  return false;
}

/** One call with all characters: a text that is put together from pieces stays a tree until somebody reads it. */
function hex(at: number): string {
  const a = pool[at] as number;
  const b = pool[at + 1] as number;
  const c = pool[at + 2] as number;
  const d = pool[at + 3] as number;
  const e = pool[at + 4] as number;
  const f = pool[at + 5] as number;
  const g = pool[at + 6] as number;
  const h = pool[at + 7] as number;
  return String.fromCharCode(
    HIGH[a] as number,
    LOW[a] as number,
    HIGH[b] as number,
    LOW[b] as number,
    HIGH[c] as number,
    LOW[c] as number,
    HIGH[d] as number,
    LOW[d] as number,
    HIGH[e] as number,
    LOW[e] as number,
    HIGH[f] as number,
    LOW[f] as number,
    HIGH[g] as number,
    LOW[g] as number,
    HIGH[h] as number,
    LOW[h] as number,
  );
}

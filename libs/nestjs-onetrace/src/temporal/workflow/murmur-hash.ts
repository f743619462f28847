/**
 * MurmurHash3, x86 variant of 128 bits, seed 0, over the UTF-8 bytes of a text; 32 lower-case hexadecimal digits.
 * Not for secrets: it turns what identifies a step of a workflow into well spread IDs, the same on every replay,
 * where neither `crypto` nor a random number may be asked. It may never change: histories outlive versions.
 */
export function murmurHash128(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const { length } = bytes;
  const rest = length & ~15;
  const words = new Int32Array((rest + 16) >> 2);
  // The engine takes a shift modulo 32.
  for (let at = 0; at < length; at += 1) words[at >> 2]! |= bytes[at]! << (8 * at);
  const h = new Int32Array(4);
  for (let at = 0; at < words.length; at += 1) {
    const lane = at & 3;
    const after = (at + 1) & 3;
    const mixed = Math.imul(rotate(Math.imul(words[at]!, MULTIPLIER[lane]!), 15 + lane), MULTIPLIER[after]!) ^ h[lane]!;
    h[lane] = at << 2 < rest ? Math.imul(rotate(mixed, 19 - 2 * lane) + h[after]!, 5) + ADDEND[lane]! : mixed ^ length;
  }
  spread(h);
  for (let lane = 0; lane < 4; lane += 1) h[lane] = finish(h[lane]!);
  spread(h);
  let hex = '';
  for (const word of h) hex += (word >>> 0).toString(16).padStart(8, '0');
  return hex;
}

const MULTIPLIER = Int32Array.of(0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93);
const ADDEND = Int32Array.of(0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17);

/** Lets every lane depend on all of them. */
function spread(h: Int32Array): void {
  h[0] = h[0]! + h[1]! + h[2]! + h[3]!;
  for (let lane = 1; lane < 4; lane += 1) h[lane]! += h[0];
}

function rotate(value: number, turns: number): number {
  return (value << turns) | (value >>> (32 - turns));
}

function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

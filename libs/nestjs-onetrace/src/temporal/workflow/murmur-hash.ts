/**
 * MurmurHash3, x86 variant of 128 bits, seed 0, over the UTF-8 bytes of a text; 32 lower-case hexadecimal digits.
 * Not for secrets: it turns what identifies a step of a workflow into well spread IDs, the same on every replay,
 * where neither `crypto` nor a random number may be asked. It may never change: histories outlive versions.
 */
export function murmurHash128(text: string): string {
  // A character for each byte, since typed arrays of this length live outside of the engine's heap and cost more than the rest.
  const bytes = /^[\0-\x7f]*$/.test(text) ? text : String.fromCharCode(...new TextEncoder().encode(text));
  const { length } = bytes;
  const rest = length & ~15;
  const h: Lanes = [0, 0, 0, 0];
  for (let at = 0; at < rest + 16; at += 4) {
    const lane = ((at >> 2) & 3) as Lane;
    const after = ((lane + 1) & 3) as Lane;
    let word = 0;
    // The engine takes a shift modulo 32, and what is beyond the end as 0.
    for (let byte = at + 3; byte >= at; byte -= 1) word = (word << 8) | bytes.charCodeAt(byte);
    const mixed = imul(rotate(imul(word, MULTIPLIER[lane]), 15 + lane), MULTIPLIER[after]) ^ h[lane];
    h[lane] = at < rest ? (imul(rotate(mixed, 19 - 2 * lane) + h[after], 5) + ADDEND[lane]) | 0 : mixed ^ length;
  }
  spread(h);
  for (const lane of LANES) h[lane] = finish(h[lane]);
  spread(h);
  return h.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Taken once: each look at a global of the isolate is a call out of it, and there are hundreds in a hash. */
const { imul } = Math;

type Lane = 0 | 1 | 2 | 3;
type Lanes = [number, number, number, number];

const LANES: readonly Lane[] = [0, 1, 2, 3];
const MULTIPLIER: Lanes = [0x239b961b, 0xab0e9789 | 0, 0x38b34ae5, 0xa1e38b93 | 0];
const ADDEND: Lanes = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35 | 0, 0x32ac3b17];

/** Lets every lane depend on all of them. */
function spread(h: Lanes): void {
  h[0] = (h[0] + h[1] + h[2] + h[3]) | 0;
  for (const lane of LANES) if (lane > 0) h[lane] = (h[lane] + h[0]) | 0;
}

function rotate(value: number, turns: number): number {
  return (value << turns) | (value >>> (32 - turns));
}

function finish(value: number): number {
  let h = value;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * MurmurHash3, x86 variant of 128 bits, seed 0, over the UTF-8 bytes of a text; 32 lower-case hexadecimal digits.
 * Not for secrets: it turns what identifies a step of a workflow into well spread IDs, the same on every replay,
 * where neither `crypto` nor a random number may be asked. It may never change: histories outlive versions.
 */
export function murmurHash128(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const whole = bytes.length >> 4;
  const padded = new Uint8Array((whole + 1) << 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const h: Lanes = [0, 0, 0, 0];
  const mixIn = (block: number, lane: Lane): void => {
    const word = Math.imul(view.getUint32((block << 4) + (lane << 2), true), MULTIPLIER[lane]);
    h[lane] ^= Math.imul(rotate(word, 15 + lane), MULTIPLIER[next(lane)]);
  };
  for (let block = 0; block < whole; block += 1) {
    for (const lane of LANES) {
      mixIn(block, lane);
      h[lane] = (Math.imul((rotate(h[lane], 19 - 2 * lane) + h[next(lane)]) | 0, 5) + ADDEND[lane]) | 0;
    }
  }
  for (const lane of LANES) {
    mixIn(whole, lane);
    h[lane] ^= bytes.length;
  }
  spread(h);
  for (const lane of LANES) h[lane] = finish(h[lane]);
  spread(h);
  return h.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

type Lane = 0 | 1 | 2 | 3;
type Lanes = [number, number, number, number];

const LANES: readonly Lane[] = [0, 1, 2, 3];
const MULTIPLIER: Lanes = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];
const ADDEND: Lanes = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17];

function next(lane: Lane): Lane {
  return ((lane + 1) & 3) as Lane;
}

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
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

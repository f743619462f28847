/**
 * MurmurHash3, x86 variant of 128 bits, seed 0, over the UTF-8 bytes of a text; 32 lower-case hexadecimal digits.
 * Not for secrets: it turns what identifies a step of a workflow into well spread IDs, the same on every replay,
 * where neither `crypto` nor a random number may be asked. It may never change: histories outlive versions.
 */
export function murmurHash128(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks = bytes.length >> 4;
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  for (let block = 0; block < blocks; block += 1) {
    const at = block << 4;
    h1 ^= mix(view.getUint32(at, true), C1, 15, C2);
    h1 = step(h1, 19, h2, 0x561ccd1b);
    h2 ^= mix(view.getUint32(at + 4, true), C2, 16, C3);
    h2 = step(h2, 17, h3, 0x0bcaa747);
    h3 ^= mix(view.getUint32(at + 8, true), C3, 17, C4);
    h3 = step(h3, 15, h4, 0x96cd1c35);
    h4 ^= mix(view.getUint32(at + 12, true), C4, 18, C1);
    h4 = step(h4, 13, h1, 0x32ac3b17);
  }
  const tail = new Uint8Array(16);
  tail.set(bytes.subarray(blocks << 4));
  const rest = new DataView(tail.buffer);
  h4 ^= mix(rest.getUint32(12, true), C4, 18, C1);
  h3 ^= mix(rest.getUint32(8, true), C3, 17, C4);
  h2 ^= mix(rest.getUint32(4, true), C2, 16, C3);
  h1 ^= mix(rest.getUint32(0, true), C1, 15, C2);

  h1 ^= bytes.length;
  h2 ^= bytes.length;
  h3 ^= bytes.length;
  h4 ^= bytes.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  return hex(h1) + hex(h2) + hex(h3) + hex(h4);
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

function mix(word: number, first: number, turns: number, second: number): number {
  return Math.imul(rotate(Math.imul(word, first), turns), second);
}

function step(state: number, turns: number, neighbour: number, constant: number): number {
  return (Math.imul((rotate(state, turns) + neighbour) | 0, 5) + constant) | 0;
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

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

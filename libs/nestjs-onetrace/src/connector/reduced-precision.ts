/** Conversions of the 16-bit floating-point formats that JavaScript has no array for in every release of Node.js we run on. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bits of the nearest FP16 (IEEE 754 binary16; ties to even); what is too large is infinite. */
export function toHalf(value: number): number {
  float[0] = value;
  const word = bits[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // From 65520 on the nearest one would be 65536, which there is none for.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 the format has a fixed exponent: steps of 2^-24.
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(float[0]) * 2 ** 24);
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

/** The number whose FP16 has these bits. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The bits of the nearest BF16, the upper half of an FP32 (ties to even). */
export function toBrain(value: number): number {
  float[0] = value;
  const word = bits[0] as number;
  // Rounding could turn a number that is none into an infinite one.
  if (Number.isNaN(value)) return (word >>> 16) | 0x40;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

/** The number whose BF16 has these bits. */
export function fromBrain(brain: number): number {
  bits[0] = brain << 16;
  return float[0] as number;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

import { endianness } from 'node:os';
import { fromBrain, fromHalf, toBrain, toHalf } from './reduced-precision.js';
import type { TensorArrays, TensorDatatype } from './tensor.types.js';

/** Datatypes whose elements all have the same size. */
export type FixedDatatype = Exclude<TensorDatatype, 'BYTES'>;
type FixedArray = TensorArrays[FixedDatatype];

interface ArrayType {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): FixedArray;
  new (length: number): FixedArray;
}

/** How the elements of a datatype are held here, and sent. */
interface TensorFormat {
  readonly array: ArrayType;
  /** Sent as numbers of 16 bits instead. */
  readonly reduced?: { readonly to: (value: number) => number; readonly from: (bits: number) => number };
}

const FORMATS: Readonly<Record<FixedDatatype, TensorFormat>> = {
  BOOL: { array: Uint8Array },
  INT8: { array: Int8Array },
  INT16: { array: Int16Array },
  INT32: { array: Int32Array },
  INT64: { array: BigInt64Array },
  UINT8: { array: Uint8Array },
  UINT16: { array: Uint16Array },
  UINT32: { array: Uint32Array },
  UINT64: { array: BigUint64Array },
  FP16: { array: Float32Array, reduced: { to: toHalf, from: fromHalf } },
  BF16: { array: Float32Array, reduced: { to: toBrain, from: fromBrain } },
  FP32: { array: Float32Array },
  FP64: { array: Float64Array },
};

export const DATATYPES: readonly string[] = [...Object.keys(FORMATS), 'BYTES'];

/** The wire has the lowest byte first. */
const IS_BIG_ENDIAN = endianness() === 'BE';

export function isFixed(datatype: unknown): datatype is FixedDatatype {
  return typeof datatype === 'string' && Object.hasOwn(FORMATS, datatype);
}

/** Name of the class of arrays that hold a datatype. */
export function arrayName(datatype: FixedDatatype): string {
  return FORMATS[datatype].array.name;
}

/** Whether a value is such an array; a `Buffer` is a `Uint8Array` too. */
export function isArrayOf(datatype: FixedDatatype, value: unknown): value is FixedArray {
  // By its brand: an array from another realm (a test runner's) is as good.
  return ArrayBuffer.isView(value) && (value as Partial<FixedArray>)[Symbol.toStringTag] === arrayName(datatype);
}

/** Bytes of an element on the wire. */
export function elementSize(datatype: FixedDatatype): number {
  const { array, reduced } = FORMATS[datatype];
  return reduced === undefined ? array.BYTES_PER_ELEMENT : 2;
}

/** The elements as they are sent; of most datatypes on most machines without a copy. */
export function fixedToBytes(datatype: FixedDatatype, data: FixedArray, bigEndian = IS_BIG_ENDIAN): Buffer {
  const { reduced } = FORMATS[datatype];
  const sent = reduced === undefined ? data : converted(data as Float32Array, new Uint16Array(data.length), reduced.to);
  const bytes = Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength);
  return bigEndian ? swapped(Buffer.from(bytes), sent.BYTES_PER_ELEMENT) : bytes;
}

/** The elements that were received, in memory of their own: the rest of the response can go. */
export function fixedFromBytes(datatype: FixedDatatype, bytes: Buffer, bigEndian = IS_BIG_ENDIAN): FixedArray {
  const { array, reduced } = FORMATS[datatype];
  const own = new Uint8Array(bytes);
  if (bigEndian) swapped(Buffer.from(own.buffer), elementSize(datatype));
  if (reduced === undefined) return new array(own.buffer);
  const sent = new Uint16Array(own.buffer);
  return converted(sent, new Float32Array(sent.length), reduced.from);
}

/** An empty array of a datatype for so many elements. */
export function newArray(datatype: FixedDatatype, length: number): FixedArray {
  return new FORMATS[datatype].array(length);
}

function converted<To extends Float32Array | Uint16Array>(
  from: Float32Array | Uint16Array,
  to: To,
  convert: (value: number) => number,
): To {
  for (let index = 0; index < from.length; index += 1) to[index] = convert(from[index] as number);
  return to;
}

function swapped(bytes: Buffer, size: number): Buffer {
  if (size === 2) return bytes.swap16();
  if (size === 4) return bytes.swap32();
  return size === 8 ? bytes.swap64() : bytes;
}

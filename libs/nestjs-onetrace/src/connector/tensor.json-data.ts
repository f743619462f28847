import { type FixedDatatype, newArray } from './tensor.formats.js';
import type { TensorArrays } from './tensor.types.js';

/** Elements as JSON has them in an array of their datatype; `undefined` where one of them does not fit, or would be another number. */
export function arrayFromJson(
  datatype: FixedDatatype,
  elements: readonly unknown[],
): TensorArrays[FixedDatatype] | undefined {
  const array = newArray(datatype, elements.length);
  for (const [index, element] of elements.entries()) {
    const value = typeof element === 'boolean' && datatype === 'BOOL' ? Number(element) : element;
    if (typeof value !== 'number') return undefined;
    if (array instanceof BigInt64Array || array instanceof BigUint64Array) {
      // JSON's numbers are exact up to 2^53 only.
      if (!Number.isSafeInteger(value)) return undefined;
      array[index] = BigInt(value);
    } else array[index] = value;
    if (!/^(?:FP|BF)/.test(datatype) && Number(array[index]) !== value) return undefined;
  }
  return array;
}

/** The texts of a BYTES tensor as bytes; `undefined` where there is anything but texts. */
export function elementsFromJson(elements: readonly unknown[]): Buffer[] | undefined {
  return elements.every((element) => typeof element === 'string')
    ? elements.map((element) => Buffer.from(element, 'utf8'))
    : undefined;
}

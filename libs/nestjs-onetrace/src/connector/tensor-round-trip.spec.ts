import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createConnector, type TensorInput } from './index.js';
import { ModelServer } from './model-server.fixture.js';
import { fromBrain, fromHalf, toBrain, toHalf } from './reduced-precision.js';
import { echo } from './tensor-answers.fixture.js';
import { type FixedDatatype, fixedFromBytes, fixedToBytes, newArray } from './tensor.formats.js';

const model = new ModelServer();
const RUNS = 100;

const bits = fc.integer({ min: 0, max: 0xffff });
const integer = (size: number, signed: boolean): fc.Arbitrary<number> =>
  fc.integer(signed ? { min: -(2 ** (size - 1)), max: 2 ** (size - 1) - 1 } : { min: 0, max: 2 ** size - 1 });
const ELEMENTS: Readonly<Record<TensorInput['datatype'], fc.Arbitrary<unknown>>> = {
  BOOL: integer(1, false),
  INT8: integer(8, true),
  INT16: integer(16, true),
  INT32: integer(32, true),
  INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  UINT8: integer(8, false),
  UINT16: integer(16, false),
  UINT32: integer(32, false),
  UINT64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  FP16: bits.map(fromHalf),
  BF16: bits.map(fromBrain),
  FP32: fc.float(),
  FP64: fc.double(),
  BYTES: fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array()),
};

const tensor: fc.Arbitrary<TensorInput> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(ELEMENTS) as TensorInput['datatype'][])),
    fc.array(fc.nat(4), { maxLength: 3 }),
    fc.string({ unit: 'grapheme', minLength: 1 }),
  )
  .chain(([datatype, shape, name]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return fc
      .array(ELEMENTS[datatype], { minLength: length, maxLength: length })
      .map((elements) => ({ name, datatype, shape, data: dataOf(datatype, elements) }) as TensorInput);
  });

function dataOf(datatype: TensorInput['datatype'], elements: readonly unknown[]): unknown {
  if (datatype === 'BYTES') return elements;
  const array = newArray(datatype, elements.length);
  for (const [index, element] of elements.entries()) array[index] = element as number;
  return array;
}

it('tensors of any datatype, shape and content come back from a server as they were sent', async () => {
  model.answers = [echo(model)];
  const triton = model.opens(
    createConnector({ name: 'triton', protocol: 'kserve', baseUrl: `http://${model.target}` }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(tensor, { maxLength: 5 }), async (inputs) => {
      const { outputs } = await triton.inferTensors('echo', { inputs });
      const expected = inputs.map((input) =>
        input.datatype === 'BYTES' ? { ...input, data: input.data.map((element) => Buffer.from(element)) } : input,
      );
      expect(outputs).toEqual(expected);
      // An output is an input as it is.
      expect((await triton.inferTensors('echo', { inputs: outputs })).outputs).toEqual(outputs);
    }),
    { numRuns: RUNS },
  );
});

it('machines with the highest byte first send and read the same', () => {
  for (const [datatype, element] of Object.entries(ELEMENTS)) {
    if (datatype === 'BYTES') continue;
    fc.assert(
      fc.property(fc.array(element, { maxLength: 5 }), (elements) => {
        const data = dataOf(datatype as FixedDatatype, elements) as Float32Array;
        const [little, big] = [false, true].map((order) => fixedToBytes(datatype as FixedDatatype, data, order));
        const size = (little as Buffer).length / Math.max(1, elements.length);
        for (let at = 0; at < elements.length * size; at += size) {
          expect([...(big as Buffer).subarray(at, at + size)].reverse()).toEqual([
            ...(little as Buffer).subarray(at, at + size),
          ]);
        }
        expect(fixedFromBytes(datatype as FixedDatatype, big as Buffer, true)).toEqual(data);
      }),
      { numRuns: 50 },
    );
  }
});

it('every FP16 and BF16 keeps its bits; a NaN stays one', () => {
  const changed = (from: (bits: number) => number, to: (value: number) => number): number[] =>
    Array.from({ length: 0x10000 }, (_, word) => word).filter((word) =>
      Number.isNaN(from(word)) ? !Number.isNaN(from(to(from(word)))) : to(from(word)) !== word,
    );
  expect(changed(fromHalf, toHalf)).toEqual([]);
  expect(changed(fromBrain, toBrain)).toEqual([]);
});

it('other numbers become the nearest FP16 and BF16, of two the even one', () => {
  const { Float16Array } = globalThis as unknown as { Float16Array: new (values: number[]) => ArrayLike<number> };
  fc.assert(
    fc.property(fc.oneof(fc.float(), fc.float({ min: -70000, max: 70000 })), (value) => {
      expect(fromHalf(toHalf(value))).toEqual(new Float16Array([value])[0]);
    }),
    { numRuns: 1000 },
  );
  // Between two halves, or at the edges of the format.
  for (const value of [2049, 2051, 65519, 65520, 2 ** -25, 3 * 2 ** -25, 2 ** -14 - 2 ** -26, -0])
    expect(fromHalf(toHalf(value))).toEqual(new Float16Array([value])[0]);
  expect([1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38].map((value) => fromBrain(toBrain(value)))).toEqual([
    1,
    1 + 2 ** -6,
    Infinity,
  ]);
});

import { BodyError, isRecord } from '../json-body.reader.js';

/** A tensor of the KServe v2 protocol with its data flattened in row-major order. */
export interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

/** What the stand-in reads of an infer request. */
export interface InferRequest {
  readonly id?: string;
  readonly inputs: readonly Tensor[];
}

/**
 * Reads the body of `POST /v2/models/{model}/infer`.
 *
 * @throws BodyError
 */
export function readInferRequest(body: Readonly<Record<string, unknown>>): InferRequest {
  const { id, inputs } = body;
  if (!Array.isArray(inputs)) throw new BodyError(400, "Unable to find 'inputs' in the request");
  return { ...(typeof id === 'string' && id !== '' ? { id } : {}), inputs: inputs.map(readTensor) };
}

function readTensor(input: unknown): Tensor {
  if (!isRecord(input)) throw new BodyError(400, "Unable to parse 'inputs': not an object");
  const { name, datatype, shape, data } = input;
  if (typeof name !== 'string' || typeof datatype !== 'string' || !isShape(shape) || !Array.isArray(data)) {
    throw new BodyError(400, "Unable to parse 'inputs': an input needs name, datatype, shape and data");
  }
  const flat = data.flat(Infinity) as unknown[];
  const expected = shape.reduce((product, size) => product * size, 1);
  if (flat.length !== expected) {
    throw new BodyError(400, `unexpected number of elements for input '${name}': ${flat.length}, expected ${expected}`);
  }
  return { name, datatype, shape, data: flat };
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isInteger(size) && (size as number) >= 0);
}

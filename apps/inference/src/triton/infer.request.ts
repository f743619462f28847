import { BodyError, isRecord, parseJsonObject } from '../json-body.reader.js';
import type { Model } from './models.js';
import type { Tensor } from './tensor.js';

/** What the stand-in reads of an infer request. */
export interface InferRequest {
  readonly id?: string;
  readonly inputs: readonly Tensor[];
}

const UNPARSED = { unparsed: true } as const;

/**
 * Reads the body of `POST /v2/models/{model}/infer` with JSON tensors, in Triton's words where it cannot.
 *
 * @throws BodyError
 */
export function readInferRequest(text: string): InferRequest {
  const body = parseJsonObject(text);
  const { inputs } = body;
  if (!Array.isArray(inputs)) {
    throw new BodyError(
      500,
      "Unable to parse 'inputs': attempt to access non-existing object member 'inputs'",
      UNPARSED,
    );
  }
  return { ...readId(body), inputs: inputs.map(readTensor) };
}

/** The ID of a request, where it has one. */
export function readId({ id }: Readonly<Record<string, unknown>>): { id?: string } {
  return typeof id === 'string' && id !== '' ? { id } : {};
}

function readTensor(input: unknown): Tensor {
  const { name, datatype, shape, data } = isRecord(input) ? input : {};
  if (!Array.isArray(data)) {
    throw new BodyError(
      400,
      "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But no field is set",
      UNPARSED,
    );
  }
  if (typeof name !== 'string' || typeof datatype !== 'string' || !isShape(shape)) {
    throw new BodyError(500, "Unable to parse 'inputs': an input needs name, datatype and shape", UNPARSED);
  }
  const flat = data.flat(Infinity) as unknown[];
  if (flat.length !== shape.reduce((product, size) => product * size, 1)) {
    throw new BodyError(500, "Unable to parse 'data': Shape does not match true shape of 'data' field", UNPARSED);
  }
  if (datatype !== 'BYTES' && datatype !== 'BOOL' && flat.some((value) => typeof value !== 'number')) {
    throw new BodyError(500, "Unable to parse 'data': attempt to access JSON non-number as double", UNPARSED);
  }
  return { name, datatype, shape, data: flat };
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isInteger(size) && (size as number) >= 0);
}

/**
 * Holds inputs against what a model takes.
 *
 * @throws BodyError
 */
export function checkInputs(model: Model, { id, inputs }: InferRequest): void {
  const prefix = `[request id: ${id ?? '<id_unknown>'}] `;
  const refuse = (message: string): never => {
    throw new BodyError(400, `${prefix}${message}`);
  };
  const required = model.inputs.filter(({ optional }) => optional !== true);
  const missing = required.filter(({ name }) => inputs.every((input) => input.name !== name));
  if (inputs.length < required.length || inputs.length > model.inputs.length) {
    const range =
      required.length === model.inputs.length
        ? `${required.length} inputs`
        : `number of inputs between ${required.length} and ${model.inputs.length}`;
    refuse(
      `expected ${range} but got ${inputs.length} inputs for model '${model.name}'. Got input(s) ${quoted(inputs)}, ` +
        `but missing required input(s) ${quoted(missing)}. Please provide all required input(s).`,
    );
  }
  for (const input of inputs) {
    const spec = model.inputs.find(({ name }) => name === input.name);
    if (spec === undefined)
      throw new BodyError(400, `unexpected inference input '${input.name}' for model '${model.name}'`);
    if (input.datatype !== spec.datatype) {
      refuse(
        `inference input '${input.name}' data-type is '${input.datatype}', but model '${model.name}' expects '${spec.datatype}'`,
      );
    }
    const expected = model.maxBatchSize > 0 ? [-1, ...spec.dims] : spec.dims;
    const fits =
      input.shape.length === expected.length && expected.every((size, at) => size === -1 || size === input.shape[at]);
    if (!fits) {
      refuse(
        `unexpected shape for input '${input.name}' for model '${model.name}'. Expected [${expected.join()}], got [${input.shape.join()}].`,
      );
    }
    if (model.maxBatchSize > 0 && (input.shape[0] ?? 0) > model.maxBatchSize) {
      refuse(`inference request batch-size must be <= ${model.maxBatchSize} for '${model.name}'`);
    }
  }
}

function quoted(tensors: readonly { readonly name: string }[]): string {
  return `[${tensors.map(({ name }) => `'${name}'`).join()}]`;
}

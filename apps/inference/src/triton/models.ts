import { BodyError } from '../json-body.reader.js';
import type { Tensor } from './infer.request.js';

/** Computes the outputs of a model. */
export type Model = (inputs: readonly Tensor[]) => readonly Tensor[];

/** The models that are loaded, by name. */
export const MODELS: ReadonlyMap<string, Model> = new Map([
  ['add', add],
  ['text', text],
]);

/** OUTPUT0 = INPUT0 + INPUT1, element by element. */
function add(inputs: readonly Tensor[]): readonly Tensor[] {
  const [first, second] = [required(inputs, 'INPUT0', 'add'), required(inputs, 'INPUT1', 'add')];
  if (first.shape.join() !== second.shape.join() || first.datatype !== second.datatype) {
    throw new BodyError(400, "inputs of model 'add' differ in shape or datatype");
  }
  const data = first.data.map((value, index) => numeric(value) + numeric(second.data[index]));
  return [{ name: 'OUTPUT0', datatype: first.datatype, shape: first.shape, data }];
}

/** text_output repeats text_input. */
function text(inputs: readonly Tensor[]): readonly Tensor[] {
  const input = required(inputs, 'text_input', 'text');
  if (input.datatype !== 'BYTES') throw new BodyError(400, "input 'text_input' of model 'text' must be BYTES");
  return [{ ...input, name: 'text_output', data: input.data.map((value) => `echo: ${String(value)}`) }];
}

function required(inputs: readonly Tensor[], name: string, model: string): Tensor {
  const input = inputs.find((candidate) => candidate.name === name);
  if (input !== undefined) return input;
  const got = inputs.map((candidate) => `'${candidate.name}'`).join(',');
  throw new BodyError(400, `Got input(s) [${got}], but missing required input(s) ['${name}'] of model '${model}'.`);
}

function numeric(value: unknown): number {
  if (typeof value !== 'number') throw new BodyError(400, "inputs of model 'add' must be numbers");
  return value;
}

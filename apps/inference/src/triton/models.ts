import type { Tensor, TensorSpec } from './tensor.js';

/** A model failed while it worked; what it gave before is sent. */
export class ModelFailure extends Error {}

/** A loaded model, as its configuration has it, and what it does. */
export interface Model {
  readonly name: string;
  /** 0 where inputs have no batch dimension. */
  readonly maxBatchSize: number;
  /** Answers with as many responses as it likes. */
  readonly decoupled: boolean;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** The outputs of each response. @throws ModelFailure */
  run(input: (name: string) => Tensor): Iterable<readonly Tensor[]>;
}

/** The only version of each model. */
export const MODEL_VERSION = '1';

const TEXT_INPUTS: readonly TensorSpec[] = [
  { name: 'text_input', datatype: 'BYTES', dims: [1] },
  { name: 'stream', datatype: 'BOOL', dims: [1], optional: true },
];
const TEXT_OUTPUTS: readonly TensorSpec[] = [{ name: 'text_output', datatype: 'BYTES', dims: [1] }];
const vector = (name: string): TensorSpec => ({ name, datatype: 'FP32', dims: [-1] });
const textOutput = (text: string): Tensor[] => [{ name: 'text_output', datatype: 'BYTES', shape: [1], data: [text] }];

// The models that the tests load into the real Triton, which holds these to the same answers.
const ALL: readonly Model[] = [
  {
    name: 'add',
    maxBatchSize: 8,
    decoupled: false,
    inputs: [vector('INPUT0'), vector('INPUT1')],
    outputs: [vector('OUTPUT0')],
    *run(input) {
      const [left, right] = [input('INPUT0'), input('INPUT1')];
      if (left.shape.join() !== right.shape.join()) {
        const shapes = [left, right].map(({ shape }) => `(${shape.join()})`).join(' ');
        throw new ModelFailure(
          `Failed to process the request(s) for model 'add_0_0', message: ValueError: operands could not be broadcast together with shapes ${shapes} `,
        );
      }
      const data = left.data.map((value, index) => Number(value) + Number(right.data[index]));
      yield [{ name: 'OUTPUT0', datatype: 'FP32', shape: left.shape, data }];
    },
  },
  {
    name: 'text',
    maxBatchSize: 0,
    decoupled: false,
    inputs: TEXT_INPUTS,
    outputs: TEXT_OUTPUTS,
    *run(input) {
      yield textOutput(`echo: ${String(input('text_input').data[0])}`);
    },
  },
  {
    name: 'stream',
    maxBatchSize: 0,
    decoupled: true,
    inputs: TEXT_INPUTS,
    outputs: TEXT_OUTPUTS,
    *run(input) {
      for (const word of String(input('text_input').data[0]).split(/\s+/).filter(Boolean)) {
        if (word === 'fail') throw new ModelFailure('the model failed');
        yield textOutput(word);
      }
    },
  },
  {
    name: 'fail',
    maxBatchSize: 8,
    decoupled: false,
    inputs: [vector('INPUT0')],
    outputs: [vector('OUTPUT0')],
    run() {
      throw new ModelFailure('the model failed');
    },
  },
];

/** The models that are loaded, by name. */
export const MODELS: ReadonlyMap<string, Model> = new Map(ALL.map((model) => [model.name, model]));

/** A model in a version, where there is one. */
export function findModel(name: string, version: string | undefined): Model | undefined {
  return version === undefined || version === MODEL_VERSION ? MODELS.get(name) : undefined;
}

/** What Triton says of a model that it has not. */
export function unknownModel(name: string, version: string | undefined): string {
  return `Request for unknown model: '${name}'${version === undefined ? '' : ` version ${version}`} is not found`;
}

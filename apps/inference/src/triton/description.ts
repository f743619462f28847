import type { Answer } from '../answer.js';
import { findModel, type Model, MODEL_VERSION, unknownModel } from './models.js';
import { CONFIGURED_TYPES, type TensorSpec } from './tensor.js';
import { tritonErrorBody } from './triton.call.js';

/** What can be asked of a model besides work. */
export type Question = 'ready' | 'metadata' | 'config' | 'stats';

/** Counts of finished requests, by model. */
export type Counts = ReadonlyMap<string, number>;

/** What Triton says of itself. */
export const SERVER_METADATA = {
  name: 'triton',
  version: '2.51.0',
  extensions: ['model_configuration', 'parameters', 'statistics', 'trace'],
} as const;

/** Triton's answer to a question about a model. */
export function describeModel(question: Question, name: string, version: string | undefined, counts: Counts): Answer {
  const model = findModel(name, version);
  if (model === undefined) return refused(question, name, version);
  switch (question) {
    case 'ready':
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: undefined };
    case 'metadata':
      return { status: 200, body: metadata(model) };
    case 'config':
      return { status: 200, body: configuration(model) };
    case 'stats':
      return { status: 200, body: { model_stats: [statistics(model, counts.get(name) ?? 0)] } };
  }
}

function refused(question: Question, name: string, version: string | undefined): Answer {
  switch (question) {
    case 'ready':
      return {
        status: 400,
        headers: { 'content-type': 'text/plain' },
        body: tritonErrorBody(400, 'Model version not ready'),
      };
    case 'stats':
      return { status: 400, body: tritonErrorBody(400, `requested model '${name}' is not available`) };
    case 'metadata':
    case 'config':
      return { status: 404, body: tritonErrorBody(404, unknownModel(name, version)) };
  }
}

function metadata(model: Model): unknown {
  const described = ({ name, datatype, dims }: TensorSpec) => ({
    name,
    datatype,
    shape: model.maxBatchSize > 0 ? [-1, ...dims] : dims,
  });
  return {
    name: model.name,
    versions: [MODEL_VERSION],
    platform: 'python',
    inputs: model.inputs.map(described),
    outputs: model.outputs.map(described),
  };
}

function configuration(model: Model): unknown {
  const { name, maxBatchSize, decoupled } = model;
  return {
    name,
    platform: '',
    backend: 'python',
    max_batch_size: maxBatchSize,
    input: model.inputs.map((spec) => ({
      name: spec.name,
      data_type: CONFIGURED_TYPES[spec.datatype],
      dims: spec.dims,
      optional: spec.optional === true,
    })),
    output: model.outputs.map((spec) => ({
      name: spec.name,
      data_type: CONFIGURED_TYPES[spec.datatype],
      dims: spec.dims,
    })),
    instance_group: [{ name: `${name}_0`, kind: 'KIND_CPU', count: 1 }],
    ...(decoupled ? { model_transaction_policy: { decoupled } } : {}),
  };
}

function statistics({ name }: Model, count: number): unknown {
  const success = { count, ns: 0 };
  const fail = { count: 0, ns: 0 };
  return {
    name,
    version: MODEL_VERSION,
    inference_count: count,
    execution_count: count,
    inference_stats: {
      success,
      fail,
      queue: success,
      compute_input: success,
      compute_infer: success,
      compute_output: success,
    },
  };
}

import type { CallOptions } from './connector.options.js';

/** Parameters of a request, a tensor or an output, by the protocol: texts, numbers and truth values. */
export type ModelParameters = Readonly<Record<string, unknown>>;

/** A tensor with JSON data, as KServe v2 has it; fields beyond these pass through. */
export interface InferTensor {
  readonly name: string;
  /** `FP32`, `INT64`, `BYTES` ... */
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
  readonly [field: string]: unknown;
}

/** Body of an infer request; fields beyond these pass through. */
export interface InferRequest {
  /** Echoed by the server. Without one, every attempt gets its own, so that the server's span is found by it. */
  readonly id?: string;
  readonly inputs: readonly InferTensor[];
  readonly [field: string]: unknown;
}

/** Response of an infer request as the server sent it; fields beyond these are there too. */
export interface InferResponse {
  readonly id?: string;
  readonly model_name?: string;
  readonly model_version?: string;
  readonly outputs: readonly InferTensor[];
  readonly [field: string]: unknown;
}

/** Body of Triton's `generate`: inputs of the model by name, beside parameters; fields beyond these pass through. */
export interface GenerateRequest {
  /** Echoed by the server where the model has no input of that name. Without one, every attempt gets its own. */
  readonly id?: string;
  readonly text_input: string | readonly string[];
  readonly parameters?: ModelParameters;
  readonly [field: string]: unknown;
}

/** What Triton generated, as it sent it: outputs of the model by name; fields beyond these are there too. */
export interface GenerateResponse {
  readonly model_name?: string;
  readonly model_version?: string;
  readonly text_output: string | readonly string[];
  readonly [field: string]: unknown;
}

/** A tensor that a model takes or gives; -1 in a shape is any size. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly [field: string]: unknown;
}

/** What a model takes and gives; fields beyond these are there too. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions?: readonly string[];
  readonly platform?: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  readonly [field: string]: unknown;
}

/** Configuration of a model as Triton has it. */
export interface ModelConfiguration {
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** What the versions of a model have done so far, as Triton counts it; fields beyond these are there too. */
export interface ModelStatistics {
  readonly model_stats: readonly {
    readonly name: string;
    readonly version: string;
    readonly inference_count?: number;
    readonly execution_count?: number;
    readonly [field: string]: unknown;
  }[];
  readonly [field: string]: unknown;
}

/** Options of one call that asks a model. */
export interface ModelOptions extends CallOptions {
  /** Version of the model; the server's choice unless given. */
  readonly version?: string;
}

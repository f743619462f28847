import type { ModelParameters } from './kserve.types.js';

/**
 * What the elements of a tensor are in, by its datatype of KServe v2. BOOL is one byte an element, 0 or 1. JavaScript has no arrays for FP16 and
 * BF16 everywhere: they are numbers of 32 bits here and rounded to the nearest on their way out.
 */
export interface TensorArrays {
  readonly BOOL: Uint8Array;
  readonly INT8: Int8Array;
  readonly INT16: Int16Array;
  readonly INT32: Int32Array;
  readonly INT64: BigInt64Array;
  readonly UINT8: Uint8Array;
  readonly UINT16: Uint16Array;
  readonly UINT32: Uint32Array;
  readonly UINT64: BigUint64Array;
  readonly FP16: Float32Array;
  readonly BF16: Float32Array;
  readonly FP32: Float32Array;
  readonly FP64: Float64Array;
  /** As bytes; `String(data[0])` is an element as UTF-8 text. */
  readonly BYTES: readonly Buffer[];
}

/** Datatypes of KServe v2. */
export type TensorDatatype = keyof TensorArrays;

interface Named<Datatype, Data> {
  readonly name: string;
  readonly datatype: Datatype;
  /** Sizes of the dimensions; their product is the number of elements. */
  readonly shape: readonly number[];
  /** The elements, the last dimension's side by side (row-major). */
  readonly data: Data;
  readonly parameters?: ModelParameters;
}

/** A tensor that a model gave. It may be given to a model as it is. */
export type Tensor = { [D in TensorDatatype]: Named<D, TensorArrays[D]> }[TensorDatatype];

/** A tensor for a model; texts in BYTES are sent as UTF-8. */
export type TensorInput =
  Exclude<Tensor, { readonly datatype: 'BYTES' }> | Named<'BYTES', readonly (string | Uint8Array)[]>;

/** An output that is asked for. */
export interface RequestedOutput {
  readonly name: string;
  /** Such as `classification`; `binary_data` is `true` unless you say otherwise. */
  readonly parameters?: ModelParameters;
}

/** An infer request with typed tensors; fields beyond these pass through. */
export interface TensorRequest {
  /** Echoed by the server. Without one, every attempt gets its own, so that the server's span is found by it. */
  readonly id?: string;
  readonly inputs: readonly TensorInput[];
  /** Which outputs the model is to give; all unless given. */
  readonly outputs?: readonly (string | RequestedOutput)[];
  readonly parameters?: ModelParameters;
  readonly [field: string]: unknown;
}

/** The answer to an infer request with typed tensors; fields beyond these are there too. */
export interface TensorResponse {
  readonly id?: string;
  readonly model_name?: string;
  readonly model_version?: string;
  readonly outputs: readonly Tensor[];
  readonly [field: string]: unknown;
}

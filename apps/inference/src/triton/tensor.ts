/** A tensor of the KServe v2 protocol with its data flattened in row-major order. */
export interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

/** A tensor that a model takes or gives; -1 is any size. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: 'FP32' | 'BYTES' | 'BOOL';
  readonly dims: readonly number[];
  readonly optional?: boolean;
}

/** Names of the datatypes in a model's configuration. */
export const CONFIGURED_TYPES = { FP32: 'TYPE_FP32', BYTES: 'TYPE_STRING', BOOL: 'TYPE_BOOL' } as const;

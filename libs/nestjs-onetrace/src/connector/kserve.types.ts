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

/** Options of one inference. */
export interface InferOptions {
  /** Version of the model; the server's choice unless given. */
  readonly version?: string;
}

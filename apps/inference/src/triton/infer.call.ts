import type { Answer } from '../answer.js';
import { BodyError, readOrError } from '../json-body.reader.js';
import type { ModelCall } from '../model-call.js';
import { checkInputs, type InferRequest, readInferRequest } from './infer.request.js';
import { type Model, MODEL_VERSION, ModelFailure } from './models.js';
import type { Tensor } from './tensor.js';
import { tritonCall, tritonErrorBody, type TritonRequest } from './triton.call.js';

/** Some errors of `infer` come as JSON under this type. */
const PLAIN = { 'content-type': 'text/plain' } as const;

/** An inference with JSON tensors as Triton serves it. */
export function inferCall(request: TritonRequest): ModelCall {
  const read = readOrError(() => readInferRequest(request.text));
  const id = read instanceof BodyError ? undefined : read.id;
  return tritonCall(
    request,
    'infer',
    id,
    (model) => {
      if (model.decoupled) {
        const message = "HTTP end point doesn't support models with decoupled transaction policy";
        return { status: 501, headers: PLAIN, body: tritonErrorBody(501, message) };
      }
      if (read instanceof BodyError) throw read;
      checkInputs(model, read);
      return infer(model, read);
    },
    (message) => ({ status: 404, headers: PLAIN, body: tritonErrorBody(404, message) }),
  );
}

function infer(model: Model, { id, inputs }: InferRequest): Answer {
  try {
    const [outputs] = [...model.run(inputNamed(inputs))];
    return {
      status: 200,
      body: { ...(id === undefined ? {} : { id }), model_name: model.name, model_version: MODEL_VERSION, outputs },
    };
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    return { status: 500, headers: PLAIN, body: tritonErrorBody(500, error.message) };
  }
}

/** Finds an input; those that a model requires are there once they are checked. */
export function inputNamed(inputs: readonly Tensor[]): (name: string) => Tensor {
  return (name) => inputs.find((input) => input.name === name) as Tensor;
}

import { withoutMarkers } from '../fault.js';
import type { ModelCall } from '../model-call.js';
import { startInferRequestSpan } from '../tracing/infer-request.span.js';
import type { ServerTracing } from '../tracing/server-tracing.js';
import { readInferRequest } from './infer.request.js';
import { MODELS } from './models.js';

/** The only version of each model. */
export const MODEL_VERSION = '1';

/** Triton's error body: one string. */
export function tritonErrorBody(_status: number, message: string): unknown {
  return { error: message };
}

/**
 * An inference with JSON tensors as Triton serves it.
 *
 * @throws BodyError
 */
export function inferCall(
  body: Readonly<Record<string, unknown>>,
  name: string,
  version: string | undefined,
  tracing: ServerTracing | undefined,
): ModelCall {
  const request = readInferRequest(body);
  const model = withoutMarkers(name);
  const compute = version === undefined || version === MODEL_VERSION ? MODELS.get(model) : undefined;
  return {
    model,
    route: '/v2/models/{model}/infer',
    markedTexts: [name, ...request.inputs.flatMap((input) => input.data.filter((item) => typeof item === 'string'))],
    errorBody: tritonErrorBody,
    answer: () =>
      compute === undefined
        ? { status: 404, body: tritonErrorBody(404, `Request for unknown model: '${model}' is not found`) }
        : {
            status: 200,
            body: {
              ...(request.id === undefined ? {} : { id: request.id }),
              model_name: model,
              model_version: MODEL_VERSION,
              outputs: compute(request.inputs),
            },
          },
    startSpan: (headers) =>
      tracing === undefined || compute === undefined
        ? undefined
        : startInferRequestSpan(tracing, headers, { model, version: MODEL_VERSION, requestId: request.id }),
  };
}

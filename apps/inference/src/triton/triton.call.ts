import { type Answer } from '../answer.js';
import { withoutMarkers } from '../fault.js';
import type { BodyError } from '../json-body.reader.js';
import { NotJsonError } from '../json-body.reader.js';
import type { ModelCall } from '../model-call.js';
import { startInferRequestSpan } from '../tracing/infer-request.span.js';
import type { ServerTracing } from '../tracing/server-tracing.js';
import { findModel, type Model, MODEL_VERSION, unknownModel } from './models.js';

/** A request for a model of Triton. */
export interface TritonRequest {
  /** From the path; may have fault markers. */
  readonly name: string;
  readonly version: string | undefined;
  readonly text: string;
  readonly tracing: ServerTracing | undefined;
}

/** Triton's error body: one string. */
export function tritonErrorBody(_status: number, message: string): unknown {
  return { error: message };
}

/** Triton's answer to a body that it cannot use. */
export function tritonRefusal(error: BodyError): Answer {
  const isJson = !(error instanceof NotJsonError);
  const message = isJson
    ? error.message
    : `failed to parse the request JSON buffer: Invalid value. at ${error.position}`;
  return {
    status: isJson ? error.status : 500,
    body: tritonErrorBody(500, message),
    trace: !isJson || error.details.unparsed === true ? 'request' : 'nothing',
  };
}

/** What all calls of Triton's models have in common. */
export function tritonCall(
  { name, version, text, tracing }: TritonRequest,
  operation: string,
  requestId: string | undefined,
  answer: (model: Model) => Answer,
  unknown: (message: string) => Answer,
): ModelCall {
  const model = withoutMarkers(name);
  const loaded = findModel(model, version);
  return {
    model,
    route: `/v2/models/{model}/${operation}`,
    markedTexts: [name, text],
    errorBody: tritonErrorBody,
    refuse: tritonRefusal,
    answer: () => (loaded === undefined ? unknown(unknownModel(model, version)) : answer(loaded)),
    startSpan: (headers) =>
      tracing === undefined || loaded === undefined
        ? undefined
        : startInferRequestSpan(tracing, headers, { model, version: MODEL_VERSION, requestId }),
  };
}

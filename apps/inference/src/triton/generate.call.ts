import type { Answer } from '../answer.js';
import { BodyError, parseJsonObject, readOrError } from '../json-body.reader.js';
import type { ModelCall } from '../model-call.js';
import { inputNamed } from './infer.call.js';
import { checkInputs, readId } from './infer.request.js';
import { type Model, MODEL_VERSION, ModelFailure } from './models.js';
import type { Tensor } from './tensor.js';
import { tritonCall, tritonErrorBody, type TritonRequest } from './triton.call.js';

const NOT_ONE =
  'generate expects model to produce exactly 1 response, use generate stream for model that generates various number of responses';

type Body = Readonly<Record<string, unknown>>;

/** `generate` and `generate_stream` as Triton serves them: inputs and outputs of the model by name, flat in the body. */
export function generateCall(request: TritonRequest, operation: 'generate' | 'generate_stream'): ModelCall {
  const body = readOrError(() => parseJsonObject(request.text));
  const { id } = body instanceof BodyError ? {} : readId(body);
  return tritonCall(
    request,
    operation,
    id,
    (model) => {
      if (body instanceof BodyError) throw body;
      const inputs = readInputs(model, body);
      const { responses, failure } = generate(model, id, inputs);
      return operation === 'generate' ? whole(responses, failure) : streamed(model, responses, failure);
    },
    (message) => ({ status: 404, body: tritonErrorBody(404, message) }),
  );
}

/** @throws BodyError */
function readInputs(model: Model, body: Body): Tensor[] {
  const inputs = model.inputs
    .filter(({ name }) => name in body)
    .map(({ name, datatype, dims }) => {
      const value = body[name];
      const data: unknown[] = Array.isArray(value) ? value : [value];
      if (datatype === 'BYTES' && data.some((item) => typeof item !== 'string')) {
        throw new BodyError(500, 'Unable to parse JSON bytes array: attempt to access JSON non-string as string', {
          unparsed: true,
        });
      }
      return { name, datatype, shape: model.maxBatchSize > 0 ? [1, data.length] : dims.map(() => data.length), data };
    });
  const checked = readOrError(() => checkInputs(model, { ...readId(body), inputs }));
  // Of these it has a span here, though not of `infer`.
  if (checked instanceof BodyError) throw new BodyError(checked.status, checked.message, { unparsed: true });
  return inputs;
}

function generate(
  model: Model,
  id: string | undefined,
  inputs: readonly Tensor[],
): { responses: unknown[]; failure: string | undefined } {
  const responses: unknown[] = [];
  const head = { ...(id === undefined ? {} : { id }), model_name: model.name, model_version: MODEL_VERSION };
  try {
    for (const outputs of model.run(inputNamed(inputs))) {
      const flat = outputs.map(({ name, data }) => [name, data.length === 1 ? data[0] : data] as const);
      responses.push({ ...head, ...Object.fromEntries(flat) });
    }
    return { responses, failure: undefined };
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    return { responses, failure: error.message };
  }
}

function whole(responses: readonly unknown[], failure: string | undefined): Answer {
  if (failure !== undefined) return { status: 500, body: tritonErrorBody(500, failure) };
  // An error, and yet 200: that is what Triton says.
  return { status: 200, body: responses.length === 1 ? responses[0] : tritonErrorBody(200, NOT_ONE) };
}

function streamed(model: Model, responses: readonly unknown[], failure: string | undefined): Answer {
  const events = failure === undefined ? responses : [...responses, tritonErrorBody(400, failure)];
  // The status is that of the first response.
  const status = failure !== undefined && responses.length === 0 ? 400 : 200;
  return {
    status,
    events: events.map((event) => JSON.stringify(event)),
    ...(model.decoupled ? { trace: 'execution' as const } : {}),
  };
}

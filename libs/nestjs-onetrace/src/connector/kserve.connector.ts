import { SpanKind } from '@opentelemetry/api';
import { ATTR, ERROR_CODES, SPAN_NAMES } from '../semantics/index.js';
import { type CallOutcome, type CallRequest, ResponseProblem } from './connector.call.js';
import type { CallOptions } from './connector.options.js';
import { GenAiConnector } from './gen-ai.connector.js';
import { checkBody, writeJson } from './json-request.js';
import { jsonWithList, readJsonObject } from './json-response.js';
import { generatedContent, GenerateEvents } from './kserve.stream.js';
import type {
  GenerateRequest,
  GenerateResponse,
  InferRequest,
  InferResponse,
  ModelConfiguration,
  ModelMetadata,
  ModelOptions,
  ModelStatistics,
} from './kserve.types.js';
import type { ModelStream } from './model-stream.js';
import { requestAttributes } from './open-ai.request.js';
import { EncodedTensorRequest } from './tensor.request.js';
import { readTensorResponse } from './tensor.response.js';
import type { TensorRequest, TensorResponse } from './tensor.types.js';
import { toldText } from './told-text.js';

/** By the GenAI conventions; a plain tensor inference is no operation of theirs. */
const GENERATE = 'text_completion';
/** Failures that say as much as a no: of a server that starts, restarts or is gone. */
const NOT_READY: ReadonlySet<string> = new Set([
  ERROR_CODES.connectorStatus,
  ERROR_CODES.connectorRefused,
  ERROR_CODES.connectorTimeout,
  ERROR_CODES.connectorNetwork,
  ERROR_CODES.connectorName,
  ERROR_CODES.connectorCircuitOpen,
  ERROR_CODES.connectorQueueFull,
]);

/**
 * Calls servers of the KServe v2 protocol, such as Triton and MLServer. Each method rejects with a `ConnectorError` when the call failed for good;
 * one that streams does so until the first item is there.
 */
export class KServeConnector extends GenAiConnector {
  /** `POST /v2/models/{model}[/versions/{version}]/infer` with JSON tensors. */
  async infer(model: string, body: InferRequest, options: ModelOptions = {}): Promise<InferResponse> {
    return this.run<InferResponse>({
      ...this.#request(SPAN_NAMES.infer(model), 'POST', model, 'infer', options),
      isInference: true,
      body: this.#payload(body),
      read: (response) => jsonWithList<InferResponse>(response, 'outputs'),
      describe: versionOf,
    });
  }

  /**
   * `POST /v2/models/{model}[/versions/{version}]/infer` with typed tensors, which are sent as bytes (KServe's binary tensor data extension).
   *
   * @throws OnetraceError ONETRACE_INVALID_OPTION, before anything is sent, when data, datatype and shape of an input do not fit
   */
  async inferTensors(model: string, body: TensorRequest, options: ModelOptions = {}): Promise<TensorResponse> {
    const encoded = new EncodedTensorRequest(body, `infer of model "${model}" (connector "${this.name}")`);
    return this.run<TensorResponse>({
      ...this.#request(SPAN_NAMES.infer(model), 'POST', model, 'infer', options),
      isInference: true,
      accept: 'application/octet-stream, application/json',
      body: (requestId) => encoded.body(requestId),
      read: readTensorResponse,
      describe: versionOf,
    });
  }

  /** `POST /v2/models/{model}[/versions/{version}]/generate`, of Triton: a text for a text. */
  async generate(model: string, body: GenerateRequest, options: ModelOptions = {}): Promise<GenerateResponse> {
    return this.run<GenerateResponse>({
      ...this.#generation(model, 'generate', body, options),
      read: (response) => {
        const generated = readJsonObject(response);
        if (!('text_output' in generated)) throw withoutText(generated);
        return generated as GenerateResponse;
      },
      describe: (generated) => ({
        ...versionOf(generated),
        attributes: { [ATTR.genAiResponseModel]: model },
        content: generatedContent(this.capture, () => generated.text_output),
      }),
    });
  }

  /** `POST /v2/models/{model}[/versions/{version}]/generate_stream`, of Triton: what comes, as it comes. */
  async generateStream(
    model: string,
    body: GenerateRequest,
    options: ModelOptions = {},
  ): Promise<ModelStream<GenerateResponse>> {
    const generation = this.#generation(model, 'generate_stream', body, options);
    return this.stream<GenerateResponse>({
      ...generation,
      attributes: { ...generation.attributes, [ATTR.genAiRequestStream]: true },
      accept: 'text/event-stream',
      events: () => new GenerateEvents(model, this.capture),
    });
  }

  /**
   * `GET /v2/models/{model}[/versions/{version}]/ready`, or without a model `GET /v2/health/ready`. Asked once, without retries; `false` where the
   * server says no, and where nobody answers (refused, not in time, connection broken, name unknown, circuit open).
   *
   * @throws ConnectorError where asking again would help nobody: given up, connector closed, no TLS or no HTTP there
   */
  async isReady(model?: string, options: ModelOptions = {}): Promise<boolean> {
    return this.run<boolean>({
      ...(model === undefined
        ? { ...this.#request(this.#plainName, 'GET', '', '', options), path: '/v2/health/ready' }
        : this.#request(this.#plainName, 'GET', model, 'ready', options)),
      spanKind: SpanKind.INTERNAL,
      once: true,
      read: () => true,
      answerOf: ({ code }) => (NOT_READY.has(code) ? false : undefined),
      describe: (ready) => ({ attributes: {}, extra: { ready } }),
    });
  }

  /** `GET /v2/models/{model}[/versions/{version}]`: inputs, outputs and versions. */
  async metadata(model: string, options: ModelOptions = {}): Promise<ModelMetadata> {
    return this.#read<ModelMetadata>(model, '', options, 'inputs');
  }

  /** `GET /v2/models/{model}[/versions/{version}]/config`, of Triton. */
  async config(model: string, options: ModelOptions = {}): Promise<ModelConfiguration> {
    return this.#read<ModelConfiguration>(model, 'config', options);
  }

  /** `GET /v2/models/{model}[/versions/{version}]/stats`, of Triton: what each version has done so far. */
  async statistics(model: string, options: ModelOptions = {}): Promise<ModelStatistics> {
    return this.#read<ModelStatistics>(model, 'stats', options, 'model_stats');
  }

  get #plainName(): string {
    return SPAN_NAMES.connectorRequest(this.name);
  }

  async #read<T extends object>(model: string, what: string, options: ModelOptions, list?: string): Promise<T> {
    return this.run<T>({
      ...this.#request(this.#plainName, 'GET', model, what, options),
      spanKind: SpanKind.INTERNAL,
      read: (response) =>
        list === undefined ? (readJsonObject(response) as unknown as T) : jsonWithList<T>(response, list),
      describe: () => ({ attributes: {}, extra: {} }),
    });
  }

  /** Written for each attempt, which has an ID of its own. */
  #payload(body: object): (requestId: string) => string {
    checkBody(body, this.bodySubject);
    return (requestId) => writeJson({ id: requestId, ...body }, this.bodySubject);
  }

  #generation(model: string, what: string, body: GenerateRequest, options: ModelOptions): CallRequest {
    const payload = this.#payload(body);
    const parameters: Readonly<Record<string, unknown>> = { ...body.parameters, ...body };
    const capture = this.capture;
    return {
      ...this.#request(SPAN_NAMES.genAi(GENERATE, model), 'POST', model, what, options),
      attributes: requestAttributes(GENERATE, this.provider, { ...parameters, model }),
      content: capture === undefined ? undefined : () => capture.prompt(body.text_input),
      body: payload,
    };
  }

  #request(
    spanName: string,
    method: string,
    model: string,
    what: string,
    options: ModelOptions & CallOptions,
  ): CallRequest {
    this.checkOptions(options);
    const version = options.version === undefined ? '' : `/versions/${encodeURIComponent(options.version)}`;
    return {
      spanName,
      spanKind: SpanKind.CLIENT,
      attributes: {},
      ...(model === '' ? {} : { model }),
      method,
      path: `/v2/models/${encodeURIComponent(model)}${version}${what === '' ? '' : `/${what}`}`,
      // An inference changes nothing on the server: a second one costs time, not correctness.
      idempotent: true,
      options,
    };
  }
}

/** Triton answers 200 with an error where a model gave another number of responses than one. */
function withoutText({ error }: Readonly<Record<string, unknown>>): ResponseProblem {
  const remedy = 'ask a model that gives another number of responses than one by generateStream';
  if (typeof error === 'string') return new ResponseProblem('its body is an error: ', error, '', remedy);
  return new ResponseProblem('its body has no text_output');
}

function versionOf({ model_version: version }: { readonly model_version?: string }): CallOutcome {
  return { attributes: {}, extra: { model_version: toldText(version) } };
}

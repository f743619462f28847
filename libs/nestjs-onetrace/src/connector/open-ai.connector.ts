import { SpanKind } from '@opentelemetry/api';
import { ATTR, SPAN_NAMES } from '../semantics/index.js';
import { AnswerReading } from './answer.reading.js';
import { checkSchemas } from './answer.schema.js';
import type { CallRequest } from './connector.call.js';
import type { CallOptions, CompletionOptions } from './connector.options.js';
import { GenAiConnector } from './gen-ai.connector.js';
import { checkBody, writeJson } from './json-request.js';
import { jsonWithList } from './json-response.js';
import type { ModelCallFinder } from './fetch.call.js';
import type { ModelStream } from './model-stream.js';
import { findOpenAiCall } from './open-ai.fetch.js';
import {
  CHAT,
  EMBEDDINGS,
  type GenAiAnswer,
  type Operation,
  outcomeOf,
  RERANK,
  SCORE,
  TEXT,
} from './open-ai.operation.js';
import { type GenAiRequest, requestAttributes } from './open-ai.request.js';
import { CompletionEvents } from './open-ai.stream.js';
import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest, StreamedChunk } from './open-ai.types.js';
import type {
  Completion,
  CompletionChunk,
  CompletionRequest,
  Embeddings,
  EmbeddingsRequest,
  ModelList,
  Reranking,
  RerankRequest,
  ScoreRequest,
  Scores,
  TokenizeRequest,
  Tokens,
} from './vllm.types.js';

/**
 * Calls servers of the OpenAI API, such as vLLM. Bodies and answers are the server's own. Each method rejects with a `ConnectorError` when
 * the call failed for good; one that streams does so until the first chunk is there.
 */
export class OpenAiConnector extends GenAiConnector {
  /** `POST /v1/chat/completions`, answered as a whole, or with `stream: true` chunk by chunk. */
  async chatCompletions(
    body: ChatCompletionRequest & { readonly stream: true },
    options?: CompletionOptions,
  ): Promise<ModelStream<ChatCompletionChunk>>;
  async chatCompletions(
    body: ChatCompletionRequest & { readonly stream?: false },
    options?: CompletionOptions,
  ): Promise<ChatCompletion>;
  async chatCompletions(
    body: ChatCompletionRequest,
    options?: CompletionOptions,
  ): Promise<ChatCompletion | ModelStream<ChatCompletionChunk>>;
  async chatCompletions(
    body: ChatCompletionRequest,
    options: CompletionOptions = {},
  ): Promise<ChatCompletion | ModelStream<ChatCompletionChunk>> {
    checkBody(body, this.bodySubject);
    return body.stream === true
      ? this.#streamed<ChatCompletionChunk>(CHAT, body, options)
      : this.#whole<ChatCompletion>(CHAT, body, options);
  }

  /** `POST /v1/completions`, answered as a whole, or with `stream: true` chunk by chunk. */
  async completions(
    body: CompletionRequest & { readonly stream: true },
    options?: CompletionOptions,
  ): Promise<ModelStream<CompletionChunk>>;
  async completions(
    body: CompletionRequest & { readonly stream?: false },
    options?: CompletionOptions,
  ): Promise<Completion>;
  async completions(
    body: CompletionRequest,
    options?: CompletionOptions,
  ): Promise<Completion | ModelStream<CompletionChunk>>;
  async completions(
    body: CompletionRequest,
    options: CompletionOptions = {},
  ): Promise<Completion | ModelStream<CompletionChunk>> {
    checkBody(body, this.bodySubject);
    return body.stream === true
      ? this.#streamed<CompletionChunk>(TEXT, body, options)
      : this.#whole<Completion>(TEXT, body, options);
  }

  /** `POST /v1/embeddings`. */
  async embeddings(body: EmbeddingsRequest, options: CallOptions = {}): Promise<Embeddings> {
    return this.#whole<Embeddings>(EMBEDDINGS, body, options);
  }

  /** `POST /v1/rerank`, of vLLM and alike. */
  async rerank(body: RerankRequest, options: CallOptions = {}): Promise<Reranking> {
    return this.#whole<Reranking>(RERANK, body, options);
  }

  /** `POST /score`, of vLLM. */
  async score(body: ScoreRequest, options: CallOptions = {}): Promise<Scores> {
    return this.#whole<Scores>(SCORE, body, options);
  }

  /** `GET /v1/models`. */
  async models(options: CallOptions = {}): Promise<ModelList> {
    return this.run<ModelList>({
      ...this.#plain('GET', '/v1/models', options),
      read: (response) => jsonWithList<ModelList>(response, 'data'),
      describe: ({ data }) => ({ attributes: {}, extra: { models: data.length } }),
    });
  }

  /** `POST /tokenize`, of vLLM. */
  async tokenize(body: TokenizeRequest, options: CallOptions = {}): Promise<Tokens> {
    const payload = this.#payload(body);
    return this.run<Tokens>({
      ...this.#plain('POST', '/tokenize', options),
      model: body.model,
      body: () => payload,
      read: (response) => jsonWithList<Tokens>(response, 'tokens'),
      describe: ({ count }) => ({ attributes: {}, extra: { tokens: count } }),
    });
  }

  protected override readonly findModelCall: ModelCallFinder = async (path, request) =>
    findOpenAiCall(path, request, this.provider, this.capture);

  #whole<Answer extends GenAiAnswer>(
    operation: Operation,
    body: GenAiRequest,
    options: CompletionOptions,
  ): Promise<Answer> {
    const request = this.#request(operation, body, this.#payload(body), options);
    const reading = this.#reading(operation, body, options);
    return this.run<Answer>({
      ...request,
      read: (response) => jsonWithList<Answer>(response, operation.list, operation.member),
      describe: (answer) => ({ ...outcomeOf(answer), ...reading?.ofWhole(answer.choices) }),
    });
  }

  #streamed<Chunk extends StreamedChunk>(
    operation: Operation,
    body: ChatCompletionRequest | CompletionRequest,
    options: CompletionOptions,
  ): Promise<ModelStream<Chunk>> {
    // Without usage nobody can say what the answer cost; a server that does not know the option ignores it.
    const asksUsage = body.stream_options?.include_usage === undefined;
    const streamOptions = asksUsage ? { ...body.stream_options, include_usage: true } : body.stream_options;
    const payload = this.#payload({ ...body, stream_options: streamOptions });
    const request = this.#request(operation, body, payload, options);
    const reading = this.#reading(operation, body, options);
    return this.stream<Chunk>({
      ...request,
      attributes: { ...request.attributes, [ATTR.genAiRequestStream]: true },
      accept: 'text/event-stream',
      events: () => new CompletionEvents(asksUsage, reading),
    });
  }

  #payload(body: object): string {
    checkBody(body, this.bodySubject);
    return writeJson(body, this.bodySubject);
  }

  /** What is read of the content of an answer. */
  #reading(operation: Operation, body: GenAiRequest, options: CompletionOptions): AnswerReading | undefined {
    checkSchemas(this.name, options.validate);
    return AnswerReading.for(operation.name, body, this.capture, options.validate);
  }

  #request({ name, path }: Operation, body: GenAiRequest, payload: string, options: CallOptions): CallRequest {
    this.checkOptions(options);
    return {
      spanName: SPAN_NAMES.genAi(name, body.model),
      spanKind: SpanKind.CLIENT,
      attributes: requestAttributes(name, this.provider, body),
      content: this.capture?.ofRequest(name, body),
      model: body.model,
      method: 'POST',
      path,
      body: () => payload,
      // An answer changes nothing on the server: a second one costs time, not correctness.
      idempotent: true,
      options,
    };
  }

  /** A call that is no GenAI operation. */
  #plain(method: string, path: string, options: CallOptions): CallRequest {
    this.checkOptions(options);
    const spanName = SPAN_NAMES.connectorRequest(this.name);
    return { spanName, spanKind: SpanKind.INTERNAL, attributes: {}, method, path, idempotent: true, options };
  }
}

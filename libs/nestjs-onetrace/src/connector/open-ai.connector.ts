import { type Attributes, SpanKind } from '@opentelemetry/api';
import { ATTR, SPAN_NAMES } from '../semantics/index.js';
import { type CallRequest, ResponseProblem } from './connector.call.js';
import { Connector } from './connector.js';
import type { CallOptions, ResolvedConnectorOptions } from './connector.options.js';
import { readJsonObject } from './json-response.js';
import type { ModelStream } from './model-stream.js';
import { answerOutcome, defined } from './open-ai.outcome.js';
import { CompletionEvents } from './open-ai.stream.js';
import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from './open-ai.types.js';

const CHAT = 'chat';

/** Calls servers of the OpenAI API, such as vLLM. */
export class OpenAiConnector extends Connector {
  readonly #provider: string;

  constructor(options: ResolvedConnectorOptions) {
    super(options);
    this.#provider = options.provider;
  }

  /**
   * `POST /v1/chat/completions`, answered as a whole, or with `stream: true` chunk by chunk.
   *
   * @throws ConnectorError when the call failed for good; of a stream, until its first chunk is there
   */
  async chatCompletions(
    body: ChatCompletionRequest & { readonly stream: true },
    options?: CallOptions,
  ): Promise<ModelStream<ChatCompletionChunk>>;
  async chatCompletions(
    body: ChatCompletionRequest & { readonly stream?: false },
    options?: CallOptions,
  ): Promise<ChatCompletion>;
  async chatCompletions(
    body: ChatCompletionRequest,
    options?: CallOptions,
  ): Promise<ChatCompletion | ModelStream<ChatCompletionChunk>>;
  async chatCompletions(
    body: ChatCompletionRequest,
    options: CallOptions = {},
  ): Promise<ChatCompletion | ModelStream<ChatCompletionChunk>> {
    if (body.stream === true) return this.streamChat(body, options);
    const payload = JSON.stringify(body);
    return this.run<ChatCompletion>({
      ...this.chatRequest(body, payload, options),
      read: (response) => {
        const completion = readJsonObject(response);
        if (!isChatCompletion(completion)) throw new ResponseProblem('its body has no list of choices with messages');
        return completion;
      },
      describe: ({ id, model, choices, usage }) => answerOutcome(id, model, choices.flatMap(finishReason), usage),
    });
  }

  private async streamChat(
    body: ChatCompletionRequest,
    options: CallOptions,
  ): Promise<ModelStream<ChatCompletionChunk>> {
    // Without usage nobody can say what the answer cost; a server that does not know the option ignores it.
    const asksUsage = body.stream_options?.include_usage === undefined;
    const streamOptions = asksUsage ? { ...body.stream_options, include_usage: true } : body.stream_options;
    const payload = JSON.stringify({ ...body, stream_options: streamOptions });
    const request = this.chatRequest(body, payload, options);
    return this.stream<ChatCompletionChunk>({
      ...request,
      attributes: { ...request.attributes, [ATTR.genAiRequestStream]: true },
      accept: 'text/event-stream',
      events: () => new CompletionEvents(asksUsage),
    });
  }

  private chatRequest(body: ChatCompletionRequest, payload: string, options: CallOptions): CallRequest {
    return {
      spanName: SPAN_NAMES.genAi(CHAT, body.model),
      spanKind: SpanKind.CLIENT,
      attributes: this.requestAttributes(body),
      model: body.model,
      method: 'POST',
      path: '/v1/chat/completions',
      body: () => payload,
      // A completion changes nothing on the server: a second one costs time, not correctness.
      idempotent: true,
      options,
    };
  }

  private requestAttributes(body: ChatCompletionRequest): Attributes {
    return defined({
      [ATTR.genAiOperationName]: CHAT,
      [ATTR.genAiProviderName]: this.#provider,
      [ATTR.genAiRequestModel]: body.model,
      [ATTR.genAiRequestMaxTokens]: body.max_completion_tokens ?? body.max_tokens,
      [ATTR.genAiRequestTemperature]: body.temperature,
      [ATTR.genAiRequestTopP]: body.top_p,
    });
  }
}

function finishReason({ finish_reason: reason }: ChatCompletion['choices'][number]): string[] {
  return typeof reason === 'string' ? [reason] : [];
}

function isChatCompletion(value: Readonly<Record<string, unknown>>): value is ChatCompletion & typeof value {
  const { choices } = value;
  return (
    Array.isArray(choices) &&
    choices.every((choice: unknown) => typeof (choice as { message?: unknown } | null)?.message === 'object')
  );
}

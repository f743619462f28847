import { type Attributes, SpanKind } from '@opentelemetry/api';
import { ATTR, ERROR_CODES, OnetraceError, SPAN_NAMES } from '../semantics/index.js';
import { type CallOutcome, ResponseProblem } from './connector.call.js';
import { Connector } from './connector.js';
import type { CallOptions, ResolvedConnectorOptions } from './connector.options.js';
import { readJsonObject } from './json-response.js';
import type { ChatCompletion, ChatCompletionRequest } from './open-ai.types.js';

const CHAT = 'chat';

/** Calls servers of the OpenAI API, such as vLLM. */
export class OpenAiConnector extends Connector {
  readonly #provider: string;

  constructor(options: ResolvedConnectorOptions) {
    super(options);
    this.#provider = options.provider;
  }

  /**
   * `POST /v1/chat/completions`, answered as a whole.
   *
   * @throws ConnectorError when the call failed for good
   * @throws OnetraceError ONETRACE_INVALID_OPTION for `stream: true`, which is not supported
   */
  async chatCompletions(body: ChatCompletionRequest, options: CallOptions = {}): Promise<ChatCompletion> {
    if ((body as { stream?: unknown }).stream === true) {
      throw new OnetraceError(
        ERROR_CODES.invalidOption,
        `chatCompletions option "stream" is true; it takes false: connector "${this.name}" answers as a whole, streams are not supported yet`,
      );
    }
    const payload = JSON.stringify(body);
    return this.run<ChatCompletion>({
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
      read: (response) => {
        const completion = readJsonObject(response);
        if (!isChatCompletion(completion)) throw new ResponseProblem('its body has no list of choices with messages');
        return completion;
      },
      describe: outcomeOf,
    });
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

function outcomeOf({ id, model, choices, usage }: ChatCompletion): CallOutcome {
  const finishReasons = choices.map((choice) => choice.finish_reason).filter((reason) => typeof reason === 'string');
  const [inputTokens, outputTokens] = [usage?.prompt_tokens, usage?.completion_tokens];
  return {
    attributes: defined({
      [ATTR.genAiResponseId]: id,
      [ATTR.genAiResponseModel]: model,
      [ATTR.genAiResponseFinishReasons]: finishReasons,
      [ATTR.genAiUsageInputTokens]: inputTokens,
      [ATTR.genAiUsageOutputTokens]: outputTokens,
    }),
    extra: { input_tokens: inputTokens, output_tokens: outputTokens, finish_reasons: finishReasons },
  };
}

function isChatCompletion(value: Readonly<Record<string, unknown>>): value is ChatCompletion & typeof value {
  const { choices } = value;
  return (
    Array.isArray(choices) &&
    choices.every((choice: unknown) => typeof (choice as { message?: unknown } | null)?.message === 'object')
  );
}

function defined(attributes: Readonly<Record<string, Attributes[string]>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null));
}

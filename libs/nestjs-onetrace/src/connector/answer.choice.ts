/** One answer of a model, of a chat or of a text completion, whole or put together from chunks. */
export interface AnswerChoice {
  readonly text: string | undefined;
  readonly reasoning: string | undefined;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: string | undefined;
}

/** A tool that a model wants to be called. */
export interface ToolCall {
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** JSON, as far as the model keeps to it. */
  readonly arguments: string;
}

/** The choices of an answer that came as a whole. */
export function wholeChoices(choices: unknown): AnswerChoice[] {
  return listOf(choices).map((choice) => {
    const message = objectOf(choice['message']);
    return {
      text: textOf(message['content']) ?? textOf(choice['text']),
      reasoning: textOf(message['reasoning_content']) ?? textOf(message['reasoning']),
      toolCalls: listOf(message['tool_calls']).map((call) => {
        const { name, arguments: given } = objectOf(call['function']);
        return { id: textOf(call['id']), name: textOf(name), arguments: textOf(given) ?? '' };
      }),
      finishReason: textOf(choice['finish_reason']),
    };
  });
}

/** The objects of a list; a server may send anything. */
export function listOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** The object, or an empty one. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** The text; `undefined` for anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

import { type AnswerChoice, listOf, objectOf, textOf } from './answer.choice.js';

/** A message by the JSON Schemas of the GenAI conventions. */
interface CapturedMessage {
  readonly role: string;
  readonly parts: readonly object[];
  readonly name?: string;
  readonly finish_reason?: string;
}

/** The messages of a chat request. */
export function chatMessages(messages: unknown): CapturedMessage[] {
  return listOf(messages).map((message) => {
    const { role, name, content, reasoning_content: reasoning, tool_calls: calls, tool_call_id: id } = message;
    const contents = contentParts(content);
    const parts =
      role === 'tool'
        ? [{ type: 'tool_call_response', id: textOf(id), response: typeof content === 'string' ? content : contents }]
        : [...reasoningParts(textOf(reasoning)), ...contents, ...listOf(calls).map(callPart)];
    return { role: textOf(role) ?? 'user', parts, ...(typeof name === 'string' ? { name } : {}) };
  });
}

/** What a text completion, or a generation, is asked to go on with. */
export function promptMessages(prompt: unknown): CapturedMessage[] {
  const prompts: unknown[] = Array.isArray(prompt) ? prompt : [prompt];
  // Prompts of tokens instead of texts tell nobody anything.
  return prompts
    .filter((item) => typeof item === 'string')
    .map((content) => ({ role: 'user', parts: [{ type: 'text', content }] }));
}

/** The answers of a model. @param withReasons whether the conventions have the finish reason here. */
export function answerMessages(choices: readonly AnswerChoice[], withReasons: boolean): CapturedMessage[] {
  return choices.map(({ text, reasoning, toolCalls, finishReason }) => ({
    role: 'assistant',
    parts: [
      ...reasoningParts(reasoning),
      ...(text === undefined ? [] : [{ type: 'text', content: text }]),
      ...toolCalls.map((call) => ({
        type: 'tool_call',
        id: call.id,
        name: call.name,
        arguments: parsed(call.arguments),
      })),
    ],
    ...(withReasons && finishReason !== undefined ? { finish_reason: finishReason } : {}),
  }));
}

/** The tools that a chat request offers. */
export function toolDefinitions(tools: unknown): object[] {
  return listOf(tools).map(({ type, function: given }) => {
    const { name, description, parameters } = objectOf(given);
    return { type, name, description, parameters };
  });
}

function contentParts(content: unknown): object[] {
  if (typeof content === 'string') return [{ type: 'text', content }];
  // Images and sounds can be megabytes: only that they are there is told.
  return listOf(content).map(({ type, text }) =>
    typeof text === 'string' ? { type: 'text', content: text } : { type },
  );
}

function reasoningParts(content: string | undefined): object[] {
  return content === undefined ? [] : [{ type: 'reasoning', content }];
}

function callPart(call: Readonly<Record<string, unknown>>): object {
  const { name, arguments: given } = objectOf(call['function']);
  return { type: 'tool_call', id: textOf(call['id']), name: textOf(name), arguments: parsed(textOf(given) ?? '') };
}

/** The arguments as an object, so that secrets in them are known by their keys; else the text that they are. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import type { Attributes } from '@opentelemetry/api';
import { ATTR, type GenAiConventions } from '../semantics/index.js';
import { redactValue } from '../tracing/index.js';
import type { AnswerChoice } from './answer.choice.js';
import { answerMessages, chatMessages, promptMessages, toolDefinitions } from './captured-messages.js';
import { CHAT, TEXT } from './open-ai.operation.js';
import type { GenAiRequest } from './open-ai.request.js';

/** Texts shorter than this are not cut: a few letters tell nobody anything. */
const SHORTEST_TEXT = 16;

/** Writes the content of model calls as the GenAI conventions name it: redacted, then bounded. Made only where it is asked for. */
export class ContentCapture {
  /** @param maxBytes of one attribute, in UTF-8. */
  constructor(
    private readonly maxBytes: number,
    private readonly conventions: GenAiConventions,
  ) {}

  /** Characters of an answer that are looked at. */
  get limit(): number {
    return 2 * this.maxBytes;
  }

  /** The content of a request to a server of the OpenAI API; of what is asked in no words there is none. */
  ofRequest(operation: string, body: Partial<GenAiRequest>): (() => Attributes) | undefined {
    if (operation === CHAT.name) return () => this.chat(body['messages'], body['tools']);
    return operation === TEXT.name ? () => this.prompt(body['prompt']) : undefined;
  }

  prompt(prompt: unknown): Attributes {
    return this.attribute(ATTR.genAiInputMessages, promptMessages(prompt));
  }

  answer(choices: readonly AnswerChoice[]): Attributes {
    return this.attribute(ATTR.genAiOutputMessages, answerMessages(choices, this.conventions === '1.41'));
  }

  private chat(messages: unknown, tools: unknown): Attributes {
    return {
      ...this.attribute(ATTR.genAiInputMessages, chatMessages(messages)),
      ...(Array.isArray(tools) ? this.attribute(ATTR.genAiToolDefinitions, toolDefinitions(tools)) : {}),
    };
  }

  /** A span has texts only, so that a list of messages is its JSON. The last ones are kept: they are what the call is about. */
  private attribute(key: string, items: readonly object[]): Attributes {
    const written: string[] = [];
    let room = this.maxBytes - 2;
    let isCut = false;
    for (const item of items.toReversed()) {
      const fitting = this.fit(item, room);
      isCut ||= fitting?.isCut ?? true;
      if (fitting === undefined) break;
      written.unshift(fitting.text);
      room -= Buffer.byteLength(fitting.text) + 1;
      if (fitting.isCut) break;
    }
    isCut ||= written.length < items.length;
    return { [key]: `[${written.join(',')}]`, ...(isCut ? { [ATTR.connectorContentCut]: true } : {}) };
  }

  /** The JSON of a message, its texts no longer than fits. */
  private fit(item: object, room: number): { readonly text: string; readonly isCut: boolean } | undefined {
    // Redacted before it is cut: half of a secret is known by nobody.
    const safe = JSON.stringify(item, (key, value: unknown) => redactValue(key, this.lookedAt(value)));
    if (Buffer.byteLength(safe) <= room) return { text: safe, isCut: false };
    const redacted: unknown = JSON.parse(safe);
    let fitting: string | undefined;
    for (let [least, most] = [SHORTEST_TEXT, room]; least <= most;) {
      const longest = Math.floor((least + most) / 2);
      const text = JSON.stringify(redacted, (_, value: unknown) => cut(value, longest));
      if (Buffer.byteLength(text) > room) most = longest - 1;
      else [fitting, least] = [text, longest + 1];
    }
    return fitting === undefined ? undefined : { text: fitting, isCut: true };
  }

  /** Of a huge text no more is redacted than can be written, with what follows the cut. */
  private lookedAt(value: unknown): unknown {
    return typeof value === 'string' && value.length > this.limit ? value.slice(0, this.limit) : value;
  }
}

function cut(value: unknown, longest: number): unknown {
  return typeof value === 'string' && value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
}

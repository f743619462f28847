import type { ServerResponse } from 'node:http';
import { expect } from '@jest/globals';
import type { ChatCompletionChunk, ConnectorOptions, ModelStream } from './index.js';
import { type Answer, ANSWER, type ModelServer, REQUEST } from './model-server.fixture.js';

export const STREAMED = { ...REQUEST, stream: true } as const;
export const USAGE = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };

export const chunk = (delta: object, finish: string | null = null): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'tiny-v2',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
export const CHUNKS = [chunk({ role: 'assistant', content: '' }), chunk({ content: ANSWER }), chunk({}, 'stop')];

export const event = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

/** Writes the events, and then does what the test wants; else it ends. */
export const stream =
  (events: readonly unknown[], then: (response: ServerResponse) => void = (response) => response.end()): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(events.map(event).join(''));
    then(response);
  };
/** The server neither ends its answer nor breaks it off. */
export const stay = (): void => undefined;

/** Asks the server for a stream. */
export const open = (
  model: ModelServer,
  more: Partial<ConnectorOptions> = {},
): Promise<ModelStream<ChatCompletionChunk>> => model.connector(more).chatCompletions(STREAMED);

/** All items of a stream. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Both spans have ended, and the two lines of each end are there. */
export function expectEnded(model: ModelServer, messages: readonly string[]): void {
  expect(model.chatSpans).toHaveLength(1);
  expect(model.attemptSpans).toHaveLength(1);
  expect(model.messages.filter((message) => !/started|sent/.test(message))).toEqual(messages);
}

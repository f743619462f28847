import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import type { ChatCompletionChunk, ModelStream } from './index.js';
import { type Answer, failure, ModelServer } from './model-server.fixture.js';
import { all, CHUNKS, event, expectEnded, open, STREAMED } from './streamed-answers.fixture.js';

const model = new ModelServer();

describe('a stream that is given up', () => {
  /** A server that streams for ever, and says when its client has gone. */
  const endless = (): { readonly answer: Answer; readonly left: Promise<unknown> } => {
    const gone = Promise.withResolvers<unknown>();
    const answer: Answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => response.write(event(CHUNKS[1])), 5);
      response.once('close', () => (clearInterval(timer), gone.resolve(undefined)));
    };
    return { answer, left: gone.promise };
  };

  it.each<[string, (streaming: ModelStream<ChatCompletionChunk>) => Promise<unknown>]>([
    [
      'by break',
      async (streaming) => {
        for await (const item of streaming) if (item.id !== undefined) break;
      },
    ],
    ['by return()', (streaming) => streaming.return()],
    [
      'by leaving the scope of await using',
      async (streaming) => {
        await using scoped = streaming;
        await scoped.next();
      },
    ],
    [
      'by an error of its consumer',
      async (streaming) => {
        const reading = async (): Promise<void> => {
          for await (const item of streaming) throw new Error(`the consumer failed at ${item.id}`);
        };
        await expect(reading()).rejects.toThrow('the consumer failed at chatcmpl-1');
      },
    ],
  ])('%s closes the connection and is no failure', async (_, giveUp) => {
    const { answer, left } = endless();
    model.answers = [answer];
    const streaming = await open(model);
    await giveUp(streaming);
    await left;
    expect(await streaming.next()).toEqual({ done: true, value: undefined });
    expectEnded(model, ['model response received', 'model call completed']);
    expect(model.lines.at(-1)).toMatchObject({ level: 'INFO', extra: { stopped: true } });
    expect(model.chatSpans[0]).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      events: [expect.objectContaining({ name: 'stream stopped by its consumer' })],
    });
  });

  it.each([
    ['while its consumer waits', true],
    ['while its consumer does something else', false],
  ])('by its AbortSignal %s, ends with one error', async (_, waiting) => {
    const { answer, left } = endless();
    model.answers = [answer];
    const controller = new AbortController();
    const streaming = await model.connector().chatCompletions(STREAMED, { signal: controller.signal });
    const reading = waiting ? failure(all(streaming)) : undefined;
    controller.abort();
    await left;
    const error = await (reading ?? failure(streaming.next()));
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_ABORTED', retryable: false });
    expectEnded(model, ['model request failed', 'model call failed']);
  });

  it('although nobody ever iterates, ends with the total timeout', async () => {
    const { answer, left } = endless();
    model.answers = [answer];
    const streaming = await open(model, { timeouts: { totalMs: 1500 } });
    await left;
    const error = await failure(streaming.next());
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_TIMEOUT' });
    expectEnded(model, ['model request failed', 'model call failed']);
  });

  it('does not keep the connector from closing', async () => {
    const { answer, left } = endless();
    model.answers = [answer];
    const llm = model.connector();
    const streaming = await llm.chatCompletions(STREAMED);
    const closed = llm.close();
    await streaming.return();
    await Promise.all([left, closed]);
    await once(model.server.close(), 'close');
  });
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { withEnclosingWork } from '../context/index.js';
import type { ConnectorOptions } from './index.js';
import { MetricsOfEachTest } from './metrics-of-each-test.fixture.js';
import { type Answer, hang, json, ModelServer } from './model-server.fixture.js';
import { CHUNKS, event, expectEnded, stream, STREAMED, USAGE } from './streamed-answers.fixture.js';

const model = new ModelServer();
const metrics = new MetricsOfEachTest();
const usageChunk = { id: 'chatcmpl-1', model: 'tiny-v2', choices: [], usage: USAGE };

const ask = (more: Partial<ConnectorOptions> = {}): Promise<Response> =>
  model.connector(more).fetch(`http://${model.target}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(STREAMED),
    headers: { 'content-type': 'application/json' },
  });

/** A server that streams as fast as its client takes it, and counts the bytes that it got rid of. */
function flood(): { readonly answer: Answer; readonly bytes: () => number; readonly left: Promise<unknown> } {
  const gone = Promise.withResolvers<unknown>();
  const block = event(CHUNKS[1]).repeat(100);
  let bytes = 0;
  const answer: Answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.once('close', () => gone.resolve(undefined));
    const write = (): void => {
      do bytes += block.length;
      while (response.write(block));
      response.once('drain', write);
    };
    write();
  };
  return { answer, bytes: () => bytes, left: gone.promise };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a response of connector.fetch', () => {
  it('whose reader is slow slows the server, and is kept nowhere', async () => {
    const { answer, bytes, left } = flood();
    model.answers = [answer];
    const response = await ask({ maxResponseBytes: 1e9 });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const { value: first } = await reader.read();
    let seen = -1;
    // What the sockets and fetch itself hold is full when the server writes no more.
    while (bytes() !== seen) {
      seen = bytes();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(seen).toBeLessThan(24 * 1024 * 1024);
    // And goes on when the reader does.
    let read = first?.length ?? 0;
    while (read < 2 * seen) read += (await reader.read()).value?.length ?? 0;
    expect(bytes()).toBeGreaterThan(seen);
    await reader.cancel();
    await left;
    expectEnded(model, ['model response received', 'model call completed']);
  });

  it('that is forgotten unread closes its connection, and ends its call, once the garbage is collected', async () => {
    const { answer, left } = flood();
    model.answers = [answer];
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    let isGone = false;
    void left.then(() => (isGone = true));
    await (async () => expect((await ask({ maxResponseBytes: 1e9 })).status).toBe(200))();
    await until(() => (collect(), isGone));
    await until(() => model.messages.includes('model call completed'));
    expectEnded(model, ['model response received', 'model call completed']);
  });

  it('is given up with the request in which it was asked for', async () => {
    const { answer, left } = flood();
    model.answers = [answer];
    const client = new AbortController();
    const work = { kind: 'request', cancellation: () => client.signal } as const;
    const response = await context.with(withEnclosingWork(ROOT_CONTEXT, work), () => ask());
    client.abort();
    await left;
    await expect(response.text()).rejects.toMatchObject({ name: 'TypeError' });
    expectEnded(model, ['model request cancelled', 'model call cancelled']);
    expect(model.lines.at(-1)).toMatchObject({ extra: { cancelled_by: 'request' } });
  });

  it('is given up so before its headers too', async () => {
    model.answers = [hang];
    const client = new AbortController();
    const work = { kind: 'request', cancellation: () => client.signal } as const;
    const asking = context.with(withEnclosingWork(ROOT_CONTEXT, work), () => ask());
    const rejected = expect(asking).rejects.toMatchObject({ name: 'TypeError' });
    await until(() => model.received.length === 1);
    client.abort();
    await rejected;
    expectEnded(model, ['model request cancelled', 'model call cancelled']);
  });

  it('holds its place among the calls until it is read, and the connector open', async () => {
    const llm = model.connector({ concurrency: { maxConcurrent: 1, maxQueued: 0 } });
    const init = { method: 'POST', body: JSON.stringify(STREAMED) };
    const address = `http://${model.target}/v1/chat/completions`;
    const { answer, left } = flood();
    model.answers = [answer];
    const first = await llm.fetch(address, init);
    await expect(llm.fetch(address, init)).rejects.toMatchObject({
      cause: { code: 'ONETRACE_CONNECTOR_QUEUE_FULL' },
    });
    const closed = llm.close();
    await first.body?.cancel();
    await Promise.all([left, closed]);
    await expect(llm.fetch(address, init)).rejects.toMatchObject({ cause: { code: 'ONETRACE_CONNECTOR_CLOSED' } });
  });

  it('counts once in the metrics, with its tokens, whatever it was retried', async () => {
    model.answers = [json(503, {}), stream([...CHUNKS, usageChunk, '[DONE]'])];
    await (await ask()).text();
    expect(await metrics.value('llm_calls_total', { status: 'success', model: 'tiny' })).toBe(1);
    expect(await metrics.value('gen_ai_client_token_usage_sum', { gen_ai_token_type: 'output' })).toBe(5);
    expect(await metrics.value('gen_ai_client_operation_time_to_first_chunk_seconds_count')).toBe(1);
    expect(await metrics.value('llm_active_calls')).toBe(0);
  });
});

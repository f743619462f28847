import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { ConnectorOptions } from './index.js';
import { type Answer, failure, ModelServer } from './model-server.fixture.js';
import { all, chunk, CHUNKS, event, expectEnded, open, stay, stream, STREAMED } from './streamed-answers.fixture.js';

const model = new ModelServer();
const COMPLETED = ['model response received', 'model call completed'];
const fetched = (more: Partial<ConnectorOptions> = {}): Promise<Response> =>
  model.connector(more).fetch(`http://${model.target}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(STREAMED),
  });

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 4000;
  while (!holds() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('what follows the last word of a stream', () => {
  it.each<[string, Answer]>([
    ['more chunks', stream([...CHUNKS, '[DONE]', chunk({ content: 'more' })])],
    ['what is no JSON', stream([...CHUNKS, '[DONE]', 'no JSON', '[DONE]'])],
    ['an error', stream([...CHUNKS, '[DONE]', { error: { message: 'late', code: 500 } }])],
    ['a reset', stream([...CHUNKS, '[DONE]'], (response) => setTimeout(() => response.destroy(), 20))],
    ['an event that is too long', stream([...CHUNKS, '[DONE]', 'x'.repeat(6000)])],
  ])('is neither handed on nor a failure: %s', async (_, answer) => {
    model.answers = [answer];
    expect(await all(await open(model, { maxEventCharacters: 5000 }))).toEqual(CHUNKS);
    expectEnded(model, COMPLETED);
  });

  it('fails no call of a client of its own, which gets it as it came', async () => {
    const events = [...CHUNKS, '[DONE]', 'no JSON'];
    model.answers = [stream(events)];
    expect(await (await fetched()).text()).toBe(events.map(event).join(''));
    expectEnded(model, COMPLETED);
  });

  it('fails no call of a client of its own where it is a reset', async () => {
    model.answers = [stream([...CHUNKS, '[DONE]'], (response) => setTimeout(() => response.destroy(), 20))];
    await expect((await fetched()).text()).rejects.toThrow('terminated');
    expectEnded(model, COMPLETED);
  });
});

describe('the last word of a stream', () => {
  it.each(['[DONE] ', ' [DONE]', '[DONE]\t'])('may have blanks around it: %j', async (word) => {
    model.answers = [stream([...CHUNKS, word])];
    expect(await all(await open(model))).toEqual(CHUNKS);
    expectEnded(model, COMPLETED);
  });

  it('ends the call of a client of its own, which keeps the connection as long as it wants', async () => {
    let isOpen = true;
    model.answers = [stream([...CHUNKS, '[DONE]'], (response) => void response.once('close', () => (isOpen = false)))];
    const llm = model.connector({ timeouts: { idleMs: 100 } });
    const init = { method: 'POST', body: JSON.stringify(STREAMED) };
    const response = await llm.fetch(`http://${model.target}/v1/chat/completions`, init);
    await until(() => model.messages.includes('model call completed'));
    expectEnded(model, COMPLETED);
    const { duration_ms: duration } = model.lines.at(-1) as unknown as { duration_ms: number };
    // A second of grace, and not the end of the response.
    expect(duration).toBeGreaterThan(900);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isOpen).toBe(true);
    // The connector closes when the client has left.
    const closed = llm.close();
    await response.body?.cancel();
    await closed;
    await until(() => !isOpen);
    expectEnded(model, COMPLETED);
  });

  it('lets nobody keep the connection for longer than the call may take', async () => {
    model.answers = [stream([...CHUNKS, '[DONE]'], stay)];
    const llm = model.connector({ timeouts: { totalMs: 1300 } });
    const init = { method: 'POST', body: JSON.stringify(STREAMED) };
    const response = await llm.fetch(`http://${model.target}/v1/chat/completions`, init);
    const gone = once(model.received[0]!.socket, 'close');
    await expect(response.text()).rejects.toThrow('terminated');
    await llm.close();
    await gone;
    expectEnded(model, COMPLETED);
  });
});

it('keeps to the limit of bytes behind the last word, also once the call has ended', async () => {
  const more = (): Buffer => Buffer.alloc(10_000, ': more\n\n');
  model.answers = [stream([...CHUNKS, '[DONE]'], (response) => void setTimeout(() => response.write(more()), 1200))];
  const llm = model.connector({ maxResponseBytes: 5000 });
  const init = { method: 'POST', body: JSON.stringify(STREAMED) };
  const response = await llm.fetch(`http://${model.target}/v1/chat/completions`, init);
  await expect(response.text()).rejects.toThrow('terminated');
  await llm.close();
  expectEnded(model, COMPLETED);
});

describe('an error in a stream', () => {
  it.each([[null], [false]])('is none where it is %j', async (error) => {
    const chunks = CHUNKS.map((item) => ({ ...item, error }));
    model.answers = [stream([...chunks, '[DONE]'])];
    expect(await all(await open(model))).toEqual(chunks);
    expectEnded(model, COMPLETED);
  });

  it.each([[true], [''], [{}], ['out of slots']])('is one where it is %j', async (error) => {
    model.answers = [stream([CHUNKS[0], { ...CHUNKS[1], error }])];
    expect(await failure(open(model).then(all))).toMatchObject({ code: 'ONETRACE_CONNECTOR_STREAM' });
  });
});

describe('a stream by a client of its own that cannot be read', () => {
  const slow =
    (head: Record<string, string>, pieces: readonly Buffer[]): Answer =>
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', ...head });
      const next = (at: number): void => {
        if (at === pieces.length) return void response.end();
        response.write(pieces[at]);
        setTimeout(() => next(at + 1), 100);
      };
      next(0);
    };
  const timeouts = { firstTokenMs: 250, idleMs: 2000 };

  it('is not silent for that: its first event is larger than is looked at', async () => {
    const huge = Buffer.from(event(chunk({ content: 'x'.repeat(5 * 1024 * 1024) })));
    const rest = Buffer.from([...CHUNKS, '[DONE]'].map(event).join(''));
    const half = huge.length - 1000;
    model.answers = [slow({}, [huge.subarray(0, half), huge.subarray(half), rest, rest, rest])];
    expect((await (await fetched({ timeouts })).text()).length).toBe(huge.length + 3 * rest.length);
    expectEnded(model, COMPLETED);
  });

  it('is not silent for that: the client asked for it compressed', async () => {
    const zipped = gzipSync([...CHUNKS, '[DONE]'].map(event).join(''));
    const pieces = [0, 1, 2, 3, 4].map((at) => zipped.subarray(at * 20, at === 4 ? undefined : at * 20 + 20));
    model.answers = [slow({ 'content-encoding': 'gzip' }, pieces)];
    const response = await model.connector({ timeouts }).fetch(`http://${model.target}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(STREAMED),
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(await response.text()).toContain('[DONE]');
    expectEnded(model, COMPLETED);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { InferenceServer } from './inference.server.js';
import { bytes, chat, PARENT, post, start, TRACE, traceparent } from './inference.server.fixture.js';

describe('faults on demand', () => {
  it('fails once for each trace ID, and once for each key', async () => {
    const { url } = await start();
    const status = async (content: string, trace: string) => {
      const headers = { traceparent: `00-${trace}-${PARENT}-01` };
      return (await post(`${url}/v1/chat/completions`, chat(content), headers)).status;
    };
    const other = 'a'.repeat(32);
    expect(await status('[fault:503-once]', TRACE)).toBe(503);
    expect(await status('[fault:503-once]', TRACE)).toBe(200);
    expect(await status('[fault:503-once]', other)).toBe(503);
    expect(await status('[fault:503-once:k]', TRACE)).toBe(503);
    expect(await status('[fault:503-once:k]', other)).toBe(200);
  });

  it('sends half an answer as a whole one', async () => {
    const { url } = await start();
    const response = await post(`${url}/v1/chat/completions`, chat('[fault:garbled]'));
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow('JSON');
  });

  it('takes them from the header before the model name, and from there before the environment', async () => {
    const { url } = await start({ INFERENCE_FAULT: '503' });
    const infer = (model: string, headers = {}) =>
      post(`${url}/v2/models/${encodeURIComponent(model)}/infer`, bytes('x'), headers);
    expect((await infer('text')).status).toBe(503);
    expect((await infer('text[fault:slow:1]')).status).toBe(200);
    expect((await infer('text[fault:slow:1]', { 'x-fault': '500' })).status).toBe(500);
  });

  it('is as slow as it is told', async () => {
    const { url } = await start({ INFERENCE_LATENCY_MS: '40' });
    const started = performance.now();
    await post(`${url}/v1/chat/completions`, chat('[fault:slow:60]'));
    expect(performance.now() - started).toBeGreaterThanOrEqual(99);
  });

  it('hangs until the client leaves, which leaves a line and no span', async () => {
    const { url, lines, spans } = await start();
    const body = JSON.stringify(chat('[fault:hang]'));
    const options = { method: 'POST', body, headers: { traceparent }, signal: AbortSignal.timeout(100) };
    await expect(fetch(`${url}/v1/chat/completions`, options)).rejects.toMatchObject({ name: 'TimeoutError' });
    await until(() => lines.length === 2);
    expect(lines[1]).toMatchObject({ level: 'WARN', message: 'request aborted', trace_id: TRACE });
    expect(await spans()).toEqual([]);
  });

  it('resets the connection', async () => {
    const { url } = await start();
    await expect(post(`${url}/v1/chat/completions`, chat('[fault:reset]'))).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
  });

  it.each([
    ['429:7', 429, 'retry-after', '7'],
    ['redirect:http://elsewhere.test/', 307, 'location', 'http://elsewhere.test/'],
    ['wrong-type', 200, 'content-type', 'text/html'],
    ['bomb', 200, 'content-encoding', 'gzip'],
  ])('answers %s as asked', async (fault, status, header, value) => {
    const { url } = await start();
    const options = { method: 'POST', body: JSON.stringify(chat(`[fault:${fault}]`)), redirect: 'manual' } as const;
    const response = await fetch(`${url}/v1/chat/completions`, options);
    expect([response.status, response.headers.get(header)]).toEqual([status, value]);
    if (fault === 'bomb') expect((await response.arrayBuffer()).byteLength).toBe(64 * 1024 * 1024);
  });

  it.each(['truncated', 'half-closed'])('breaks off an answer that is %s', async (fault) => {
    const { url } = await start();
    const response = await post(`${url}/v1/chat/completions`, chat(`[fault:${fault}]`));
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('drips a byte at a time', async () => {
    const { url } = await start();
    const response = await post(`${url}/v1/chat/completions`, chat('[fault:drip:0]'));
    const chunks: unknown[] = [];
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(3);
  });

  it('reports an error in the middle of a stream, in the words of either server', async () => {
    const { url } = await start();
    const vllm = await post(`${url}/v1/chat/completions`, chat('[fault:stream-error]', { stream: true }));
    expect([vllm.status, await vllm.text()]).toEqual([200, expect.stringMatching(/data: {"error":{"message":.*\n\n$/)]);
    const body = { text_input: 'a b c [fault:stream-error]' };
    const triton = await post(`${url}/v2/models/stream/generate_stream`, body);
    expect([triton.status, await triton.text()]).toEqual([200, expect.stringMatching(/data: {"error":"fault.*\n\n$/)]);
  });

  it('refuses connections for a while, then listens on the same port', async () => {
    const { server, url } = await start();
    expect((await post(`${url}/_faults`, { mode: 'refuse', ms: 150 })).status).toBe(202);
    await until(async () => (await codeOf(server)) === 'ECONNREFUSED');
    await until(async () => (await codeOf(server)) === undefined);
    expect((await post(`${url}/_faults`, { mode: 'refuse', ms: 0 })).status).toBe(400);
  });
});

async function codeOf(server: InferenceServer): Promise<string | undefined> {
  try {
    await fetch(`http://127.0.0.1:${server.port}/health`);
    return undefined;
  } catch (error) {
    return (error as { cause?: { code?: string } }).cause?.code ?? 'unknown';
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

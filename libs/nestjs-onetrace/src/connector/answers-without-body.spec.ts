import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { type ConnectorOptions, createConnector, type HttpConnector } from './index.js';
import { failure, ModelServer } from './model-server.fixture.js';
import { RawServers } from './raw-server.fixture.js';

const model = new ModelServer();
const raw = new RawServers();
afterEach(() => raw.close());

/** A connector to a server that answers each request with this. */
async function files(text: string, more: Partial<ConnectorOptions> = {}): Promise<HttpConnector> {
  const baseUrl = `http://${await raw.answering((socket) => socket.write(text))}`;
  return model.opens(createConnector({ name: 'files', baseUrl, retry: { maxAttempts: 2 }, ...more, protocol: 'http' }));
}
const zipped = `content-encoding: gzip\r\ncontent-length: ${gzipSync('x'.repeat(5000)).length}\r\n`;

describe('an answer that has no body', () => {
  it.each<[string, 'HEAD' | 'GET', string, number]>([
    ['HEAD, compressed', 'HEAD', `200 OK\r\n${zipped}`, 200],
    ['204, compressed', 'GET', '204 No Content\r\ncontent-encoding: gzip\r\n', 204],
    ['204 that names a length', 'GET', `204 No Content\r\ncontent-length: 7\r\n`, 204],
    ['204 that names both', 'GET', `204 No Content\r\n${zipped}`, 204],
  ])('is a success: %s', async (_, method, head, status) => {
    const http = await files(`HTTP/1.1 ${head}\r\n`);
    expect(await http.request({ method, path: '/list' })).toMatchObject({ status, body: '' });
    expect(await (await http.fetch(`http://${http.target}/list`, { method })).text()).toBe('');
    await http.close();
    const spans = model.collector.spans();
    expect(spans).toHaveLength(4);
    for (const span of spans) expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(model.messages.filter((message) => message.includes('failed'))).toEqual([]);
  });

  it.each<[string, string]>([
    ['a length', 'content-length: 7\r\n'],
    ['an encoding and a length', zipped],
  ])('is told by its status: 304 that names %s', async (_, head) => {
    const http = await files(`HTTP/1.1 304 Not Modified\r\n${head}\r\n`);
    expect(await failure(http.request({ path: '/list' }))).toMatchObject({
      code: 'ONETRACE_CONNECTOR_STATUS',
      status: 304,
    });
    expect((await http.fetch(`http://${http.target}/list`)).status).toBe(304);
    await http.close();
    const failed = model.messages.filter((message) => message.includes('failed'));
    // By fetch a status is an answer like any other.
    expect(failed).toEqual(['model request failed', 'model call failed']);
  });
});

describe('a status that is none', () => {
  it.each(['000', '099', '101', '20', 'abc', '-200', '1000'])('is one typed error: %s', async (status) => {
    const http = await files(`HTTP/1.1 ${status} X\r\ncontent-length: 0\r\n\r\n`);
    const typed = { code: 'ONETRACE_CONNECTOR_RESPONSE', attempts: 1, retryable: false };
    const error = await failure(http.request({ path: '/list' }));
    expect(error).toMatchObject(typed);
    expect(error.message).toContain('did not answer in HTTP');
    await expect(http.fetch(`http://${http.target}/list`)).rejects.toThrow('fetch failed');
    expect(model.lines.at(-1)).toMatchObject({ message: 'model call failed', extra: { error_code: typed.code } });
  });

  it.each([600, 999])('is told as it came where HTTP can carry it: %d', async (status) => {
    const http = await files(`HTTP/1.1 ${status} X\r\ncontent-length: 0\r\n\r\n`);
    const typed = { code: 'ONETRACE_CONNECTOR_STATUS', attempts: 1, retryable: false, status };
    expect(await failure(http.request({ path: '/list' }))).toMatchObject(typed);
    expect((await http.fetch(`http://${http.target}/list`)).status).toBe(status);
  });

  it.each([102, 199])('that promises another one, which never comes, is one timeout: %d', async (status) => {
    const http = await files(`HTTP/1.1 ${status} X\r\n\r\n`, {
      timeouts: { headersMs: 50 },
      retry: { maxAttempts: 1 },
    });
    expect((await failure(http.request({ path: '/list' }))).message).toContain('sent no headers within 50 ms');
  });
});

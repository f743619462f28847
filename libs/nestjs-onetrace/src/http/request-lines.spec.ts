import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identify } from '../context/index.js';
import { componentLogger } from '../logging/index.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { DEFAULT_REQUEST_LINES, type RequestLineRules } from './http-settings.js';
import { send, until } from './request-client.fixture.js';
import { httpSettings, tracedServers } from './traced-server.fixture.js';

type Line = Record<string, unknown> & { readonly extra: Record<string, unknown> };

let spans: SpanCollector;
const servers = tracedServers();
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());

const lines = () => servers.lines() as unknown as Line[];
const end = () => until(() => lines().find((line) => /completed|aborted/.test(String(line['message']))));
const debugLines = () => lines().filter((line) => line['level'] === 'DEBUG');

async function answering(status: number, rules: Partial<RequestLineRules> = {}, afterMs = 0): Promise<Line> {
  const traced = await servers.start(
    (_, response) => void setTimeout(() => response.writeHead(status).end(), afterMs),
    {
      settings: { ...httpSettings(), lines: { ...DEFAULT_REQUEST_LINES, ...rules } },
    },
  );
  await send(traced.port, '/things', { headers: { 'x-client-id': 'dept-a' } });
  return end();
}

describe('the line of a request that has ended', () => {
  it('says method, route, status, duration, bytes and client', async () => {
    const line = await answering(200);
    expect(line).toMatchObject({
      level: 'INFO',
      message: 'request completed',
      client_id: 'dept-a',
      duration_ms: expect.any(Number),
      extra: { method: 'GET', route: '<unmatched>', path: '/things', status: 200, request_bytes: 0, response_bytes: 0 },
    });
    expect(line.extra).not.toHaveProperty('slower_than_ms');
    expect(line.extra).not.toHaveProperty('interrupted');
  });

  it.each<[number, string, Partial<RequestLineRules>]>([
    [302, 'INFO', {}],
    [404, 'WARN', {}],
    [404, 'INFO', { clientErrors: 'info' }],
    [500, 'ERROR', {}],
    [500, 'ERROR', { clientErrors: 'info' }],
  ])('with status %i is %s by %j', async (status, level, rules) => {
    expect((await answering(status, rules))['level']).toBe(level);
  });

  it('is a warning where it took too long, and says what too long is', async () => {
    const line = await answering(200, { slowMs: 5 }, 20);
    expect(line).toMatchObject({ level: 'WARN', message: 'request completed', extra: { slower_than_ms: 5 } });
  });

  it('is an error where it took too long and failed', async () => {
    expect(await answering(500, { slowMs: 5 }, 20)).toMatchObject({ level: 'ERROR', extra: { slower_than_ms: 5 } });
  });

  it('is no warning where no time is too long', async () => {
    const line = await answering(200, { slowMs: false }, 20);
    expect(line['level']).toBe('INFO');
    expect(line.extra).not.toHaveProperty('slower_than_ms');
  });

  it('says that the client left, and what it had got by then', async () => {
    let arrived = false;
    const traced = await servers.start((_, response) => {
      response.write('first');
      arrived = true;
    });
    const socket = connect(traced.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc');
    await until(() => arrived || undefined);
    socket.destroy();
    expect(await end()).toMatchObject({
      level: 'WARN',
      message: 'request aborted',
      extra: { interrupted: 'aborted', status: 200, request_bytes: 3, response_bytes: 5 },
    });
  });
});

describe('the line of a request that begins', () => {
  it('can be left out', async () => {
    await answering(200, { started: false });
    expect(lines().map((line) => line['message'])).toEqual(['request completed']);
  });

  it('is there all the same where the flow is debugged', async () => {
    const settings = { ...httpSettings(), lines: { ...DEFAULT_REQUEST_LINES, started: false } };
    const traced = await servers.start((_, response) => response.end(), { settings });
    await send(traced.port, '/', { headers: { 'x-debug': '1' } });
    await end();
    expect(lines().map((line) => line['message'])).toEqual(['request started', 'request completed']);
  });
});

describe('debug lines of one request', () => {
  async function ask(headers: Record<string, string>, trust: 'private' | 'none' = 'private', debugHeader?: string) {
    const settings = { ...httpSettings(trust), ...(debugHeader === undefined ? {} : { debugHeader }) };
    const traced = await servers.start(
      (request, response) => {
        componentLogger().debug('a detail', { extra: { path: request.url } });
        setImmediate(() => {
          componentLogger().debug('another detail', { extra: { path: request.url } });
          response.end();
        });
      },
      { settings },
    );
    await Promise.all([send(traced.port, '/asked', { headers }), send(traced.port, '/other')]);
    await until(() => lines().filter((line) => line['message'] === 'request completed')[1]);
    return debugLines().map((line) => line.extra['path']);
  }

  it.each(['1', 'true', 'on', 'debug', 'TRUE'])(
    'are written where a trusted peer asks for them by X-Debug: %s',
    async (value) => {
      expect(await ask({ 'x-debug': value })).toEqual(['/asked', '/asked']);
    },
  );

  it.each(['0', 'false', '', 'no'])('are not written by X-Debug: %j', async (value) => {
    expect(await ask({ 'x-debug': value })).toEqual([]);
  });

  it('are written where the flow is debugged already', async () => {
    expect(await ask({ baggage: 'onetrace_log_level=debug' })).toEqual(['/asked', '/asked']);
  });

  it('are not written because somebody asks who is not trusted', async () => {
    expect(await ask({ 'x-debug': '1', baggage: 'onetrace_log_level=debug' }, 'none')).toEqual([]);
  });

  it('are asked for by another header where one is named', async () => {
    expect(await ask({ 'x-debug': '1' }, 'private', 'x-verbose')).toEqual([]);
    expect(await ask({ 'x-verbose': '1' }, 'private', 'x-verbose')).toEqual(['/asked', '/asked']);
  });

  it('are written from the moment on that the application asks for them', async () => {
    const traced = await servers.start((_, response) => {
      componentLogger().debug('before');
      identify({ logLevel: 'debug' });
      componentLogger().debug('after');
      response.end();
    });
    await send(traced.port, '/');
    await end();
    expect(debugLines().map((line) => line['message'])).toEqual(['after']);
  });
});

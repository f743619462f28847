import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import { currentTraceId } from '../context/index.js';
import { spansOfEachTest } from '../testing/spans-of-each-test.fixture.js';
import { send, sendRaw, until } from './request-client.fixture.js';
import { tracedServers } from './traced-server.fixture.js';

const servers = tracedServers();
const spans = spansOfEachTest();

const span = () => until(() => spans.spans()[0]);
const lastLine = () => servers.lines().at(-1);

/** Sends a request, waits until it is in the process, and goes away. */
async function leave(port: number, bytes: string, after: () => boolean): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  await until(() => after() || undefined);
  socket.destroy();
}

describe('a request that does not come to its end', () => {
  it('is told as aborted when the client leaves before the answer, and no status is invented', async () => {
    const closed: (string | undefined)[] = [];
    let arrived = false;
    const traced = await servers.start((request, response) => {
      request.on('close', () => closed.push(currentTraceId()));
      response.on('close', () => closed.push(currentTraceId()));
      arrived = true;
    });
    await leave(traced.port, 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n', () => arrived);
    const ended = await span();
    expect(ended.attributes).toMatchObject({ 'error.type': 'aborted', 'url.path': '/slow' });
    expect(ended.attributes).not.toHaveProperty('http.response.status_code');
    expect(ended.status.code).toBe(SpanStatusCode.UNSET);
    expect(ended.events.map((event) => event.name)).toEqual(['request aborted by the client']);
    expect(lastLine()).toMatchObject({ message: 'request aborted', level: 'WARN' });
    expect((lastLine()?.['extra'] as object | undefined) ?? {}).not.toHaveProperty('status');
    const { traceId } = ended.spanContext();
    expect(await until(() => (closed.length === 2 ? closed : undefined))).toEqual([traceId, traceId]);
  });

  it.each(['CONNECT x:1', 'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: x'])(
    'ends although it waits behind another one on a connection that Node.js gives up at: %j',
    async (last) => {
      const traced = await servers.start((request, response) => {
        if (request.url === '/second') response.end('never sent');
      });
      traced.server.on('upgrade', (_, socket) => socket.destroy());
      const requests = ['/first', '/second'].map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join('');
      await sendRaw(traced.port, `${requests}${last.includes('\r\n') ? last : `${last} HTTP/1.1\r\nhost: x`}\r\n\r\n`);
      const ended = await until(() => (spans.spans().length >= 2 ? spans.spans() : undefined));
      expect(ended.map(({ attributes }) => [attributes['url.path'], attributes['error.type']])).toEqual([
        ['/first', 'cut_off'],
        ['/second', 'aborted'],
      ]);
    },
  );

  it('is told as aborted for each of several requests on the connection that the client leaves, whatever waits', async () => {
    const arrived: (string | undefined)[] = [];
    const traced = await servers.start((request, response) => {
      arrived.push(request.url);
      if (request.url === '/written') response.end('never sent');
      if (request.url === '/begun') response.write('never sent');
    });
    const paths = ['/first', '/written', '/begun', '/silent'];
    const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join('');
    await leave(traced.port, requests, () => arrived.length === paths.length);
    const ended = await until(() => (spans.spans().length >= paths.length ? spans.spans() : undefined));
    const told = ended.map(({ attributes, status, events }) => [
      attributes['url.path'],
      attributes['error.type'],
      attributes['http.response.status_code'],
      status.code,
      events.map(({ name }) => name),
    ]);
    const aborted = ['aborted', undefined, SpanStatusCode.UNSET, ['request aborted by the client']];
    expect(told.sort()).toEqual(paths.map((path) => [path, ...aborted]).sort());
    const ends = traced.lines.filter((line) => line['message'] === 'request aborted');
    expect(ends.map((line) => line['level'])).toEqual(paths.map(() => 'WARN'));
  });

  it('ends when the connection does although the application has taken its answer off it', async () => {
    const traced = await servers.start((request, response) => {
      response.detachSocket(request.socket);
      request.socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n');
    });
    expect(await sendRaw(traced.port, 'GET /taken HTTP/1.1\r\nhost: x\r\n\r\n')).toContain('204');
    const ended = await span();
    expect(ended.attributes).not.toHaveProperty('http.response.status_code');
    expect(ended.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('keeps the status that was sent when the client leaves in the middle of the answer', async () => {
    let written = false;
    const traced = await servers.start((_, response) => {
      response.writeHead(200);
      response.write('first', () => (written = true));
    });
    await leave(traced.port, 'GET /endless HTTP/1.1\r\nhost: x\r\n\r\n', () => written);
    expect((await span()).attributes).toMatchObject({ 'error.type': 'aborted', 'http.response.status_code': 200 });
    expect(lastLine()).toMatchObject({ message: 'request aborted', level: 'WARN', extra: { status: 200 } });
  });

  it('tells of the application that cut off its own answer, with its error', async () => {
    const traced = await servers.start((_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half', () => response.destroy(new RangeError('the file is shorter than it was')));
    });
    await expect(send(traced.port, '/')).rejects.toThrow();
    const ended = await span();
    expect(ended.status).toMatchObject({ code: SpanStatusCode.ERROR });
    expect(ended.attributes['error.type']).toBe('RangeError');
    expect(lastLine()).toMatchObject({ level: 'ERROR', error: { type: 'RangeError' } });
  });

  const broken = (): Readable =>
    new Readable({
      read() {
        this.push('part');
        setImmediate(() => this.destroy(new RangeError('the disk failed')));
      },
    });

  it.each<[string, string, (response: ServerResponse) => void]>([
    [
      'pipe',
      'RangeError',
      (response) =>
        broken()
          .on('error', () => response.destroy())
          .pipe(response),
    ],
    ['pipeline', 'RangeError', (response) => void pipeline(broken(), response, () => undefined)],
    ['destroy', 'cut_off', (response) => response.write('half', () => response.destroy())],
    ['a destroyed request', 'cut_off', (response) => response.write('half', () => response.req.destroy())],
  ])('tells of the server, not of the client, when an answer fails by %s', async (_, type, answer) => {
    const traced = await servers.start((__, response) => answer(response));
    await expect(send(traced.port, '/')).rejects.toThrow();
    const ended = await span();
    expect(ended.status.code).toBe(SpanStatusCode.ERROR);
    expect(ended.attributes).toMatchObject({ 'error.type': type, 'http.response.status_code': 200 });
    expect(ended.events.map((event) => event.name)).toContain('answer cut off by the server');
    expect(ended.events.map((event) => event.name)).not.toContain('request aborted by the client');
    expect(lastLine()).toMatchObject({ message: 'request aborted', level: 'ERROR' });
  });

  it('tells of the server that stopped waiting for the body', async () => {
    const traced = await servers.start((request) => void request.resume(), {
      requestTimeout: 60,
      headersTimeout: 50,
      connectionsCheckingInterval: 10,
    });
    const answer = await sendRaw(traced.port, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab');
    expect(answer).toContain('408');
    expect((await span()).attributes['error.type']).toBe('timeout');
    expect((await span()).status.code).toBe(SpanStatusCode.ERROR);
  });

  it('tells of the server that stopped waiting for its handler', async () => {
    const traced = await servers.start(() => undefined);
    traced.server.setTimeout(40);
    await expect(send(traced.port, '/')).rejects.toThrow();
    expect((await span()).attributes['error.type']).toBe('timeout');
  });
});

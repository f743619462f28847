import { type IncomingMessage, type ServerResponse, request as httpRequest } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { currentTraceId } from '../context/index.js';
import { spansOfEachTest } from '../testing/spans-of-each-test.fixture.js';
import { send, sendRaw, until } from './request-client.fixture.js';
import { openEntrance, tracedServers } from './traced-server.fixture.js';

const servers = tracedServers();
const spans = spansOfEachTest();

const spansOf = (count: number) => until(() => (spans.spans().length >= count ? spans.spans() : undefined));

describe('the entrance of a server', () => {
  it('keeps the requests of one connection apart, also when they are pipelined', async () => {
    const seen: (string | undefined)[] = [];
    const traced = await servers.start((request, response) => {
      setTimeout(
        () => {
          seen.push(currentTraceId());
          response.end(currentTraceId());
        },
        request.url === '/0' ? 20 : 1,
      );
    });
    const text = await sendRaw(
      traced.port,
      ['/0', '/1', '/2']
        .map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n${path === '/2' ? 'connection: close\r\n' : ''}\r\n`)
        .join(''),
    );
    const ended = await spansOf(3);
    expect(new Set(ended.map((span) => span.spanContext().traceId))).toEqual(new Set(seen));
    expect(new Set(seen).size).toBe(3);
    const answered = [...text.matchAll(/^x-trace-id: (\w+)/gim)].map((match) => match[1]);
    expect(answered).toEqual(
      ['/0', '/1', '/2'].map(
        (path) => ended.find((span) => span.attributes['url.path'] === path)?.spanContext().traceId,
      ),
    );
  });

  it('takes HTTP/1.0, an absolute target, and a request without a host', async () => {
    const traced = await servers.start((_, response) => response.end('ok'));
    await sendRaw(traced.port, 'GET http://user:pw@shop.test/a?b=c HTTP/1.0\r\n\r\n');
    const [span] = await spansOf(1);
    expect(span?.attributes).toMatchObject({ 'network.protocol.version': '1.0', 'url.path': '/a' });
    expect(span?.attributes).not.toHaveProperty('server.address');
  });

  it('leaves an upgrade to whoever listens to it', async () => {
    const traced = await servers.start((_, response) => response.end());
    traced.server.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
    });
    const text = await sendRaw(traced.port, 'GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 101/);
    expect(traced.lines).toEqual([]);
    expect(spans.spans()).toEqual([]);
  });

  it.each(['checkContinue', 'checkExpectation'])('traces what a listener of %s answers', async (event) => {
    const traced = await servers.start((_, response) => response.end('never'));
    traced.server.on(event, (_: IncomingMessage, response: ServerResponse) => {
      response.writeHead(417);
      response.end(currentTraceId());
    });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const expectation = event === 'checkContinue' ? '100-continue' : 'something-else';
      const sent = httpRequest(
        { port: traced.port, host: '127.0.0.1', method: 'POST', headers: { expect: expectation } },
        (response) => resolve(response.resume()),
      );
      sent.on('error', reject);
      sent.end();
    });
    const [span] = await spansOf(1);
    expect(answer.headers['x-trace-id']).toBe(span?.spanContext().traceId);
    expect(span?.attributes['http.response.status_code']).toBe(417);
  });

  it('keeps the trace for what reads the body by events, however late it comes', async () => {
    const seen: (string | undefined)[] = [];
    const traced = await servers.start((request, response) => {
      for (const event of ['data', 'end', 'close']) request.on(event, () => seen.push(currentTraceId()));
      request.on('end', () => response.end());
      response.on('finish', () => seen.push(currentTraceId()));
    });
    const socket = connect(traced.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\nab');
    await until(() => seen[0]);
    socket.write('cd');
    const [span] = await spansOf(1);
    await until(() => (seen.length >= 5 ? true : undefined));
    expect(new Set(seen)).toEqual(new Set([span?.spanContext().traceId]));
  });

  it('does not take the span inside which the server was started for its own', async () => {
    const tracer = trace.getTracer('test');
    const outer = tracer.startSpan('start-up');
    const traced = await tracer.startActiveSpan('start-up', async (span) => {
      const started = await servers.start((_, response) => response.end());
      span.end();
      return started;
    });
    outer.end();
    spans.reset();
    await send(traced.port, '/');
    const [span] = await spansOf(1);
    expect(span).toMatchObject({ kind: SpanKind.SERVER, name: 'GET' });
    expect(span?.parentSpanContext).toBeUndefined();
  });

  it('speaks HTTP/2', async () => {
    const traced = await servers.start(() => undefined);
    const server = createHttp2Server((request, response) => {
      if (request.url === '/slow') return;
      response.setHeader('Access-Control-Expose-Headers', 'X-Total');
      response.end('ok');
    });
    openEntrance(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = connectHttp2(`http://127.0.0.1:${port}`);
    try {
      const stream = client.request({ ':path': '/a', origin: 'https://shop.example' });
      const headers = await new Promise<Record<string, unknown>>((resolve) => stream.once('response', resolve));
      stream.resume();
      const [span] = await spansOf(1);
      expect(headers).toMatchObject({
        'x-trace-id': span?.spanContext().traceId,
        'access-control-expose-headers': 'X-Total, X-Trace-ID, X-Request-ID',
      });
      expect(span?.attributes).toMatchObject({
        'network.protocol.version': '2',
        'server.address': '127.0.0.1',
        'server.port': port,
        'http.response.status_code': 200,
      });
      const slow = client.request({ ':path': '/slow' });
      slow.on('error', () => undefined);
      const before = traced.lines.length;
      await until(() => traced.lines.length > before || undefined);
      slow.close(8);
      const [, aborted] = await spansOf(2);
      expect(aborted?.attributes['error.type']).toBe('aborted');
      expect(aborted?.status.code).toBe(SpanStatusCode.UNSET);
    } finally {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

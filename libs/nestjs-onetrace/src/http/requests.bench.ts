import { createServer, IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { pino } from 'pino';
import { Counter, Histogram, Registry } from 'prom-client';
import { compileHopTrust, compileTrust } from '../context/index.js';
import { createRootLogger, setRootLogger } from '../logging/index.js';
import { HttpMetrics } from '../metrics/index.js';
import { HTTP_DURATION_BUCKETS, parseTraceparent } from '../semantics/index.js';
import { RequestTraces, ServerEntrance } from './index.js';

const nowhere = { write: () => undefined };
const answer: RequestListener = (_, response) => {
  response.statusCode = 200;
  response.writeHead(200, { 'content-type': 'application/json' });
};

/** Everything that one request is for the process, but its socket. */
function requests(server: Server): () => unknown {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' });
  Object.defineProperty(socket, 'remotePort', { value: 51234 });
  return () => {
    const request = new IncomingMessage(socket);
    request.method = 'GET';
    request.url = '/things/7?verbose=1';
    request.httpVersion = '1.1';
    request.headers = {
      host: 'shop.test:3000',
      'user-agent': 'curl/8.5.0',
      accept: '*/*',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-client-id': 'dept-a',
    };
    (request as { route?: object }).route = { path: '/things/:id' };
    const response = new ServerResponse(request);
    server.emit('request', request, response);
    response.emit('finish');
    response.emit('close');
    return response;
  };
}

/** What somebody writes who wants the same and knows how: one span, two lines, two series, three headers. */
function byHand(next: RequestListener): RequestListener {
  const log = pino({ base: null, timestamp: () => `,"timestamp":"${new Date().toISOString()}"` }, nowhere);
  const shared = { labelNames: ['method', 'route', 'status'], registers: [new Registry()] };
  const counter = new Counter({ name: 'http_requests_total', help: 'requests', ...shared });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'durations',
    buckets: [...HTTP_DURATION_BUCKETS],
    ...shared,
  });
  return (request, response) => {
    const startedAt = performance.now();
    const method = request.method ?? 'GET';
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const { remoteAddress, remotePort } = request.socket;
    const trusted = remoteAddress?.startsWith('127.') === true;
    const remote = trusted ? parseTraceparent(request.headers.traceparent) : undefined;
    const clientId = trusted ? request.headers['x-client-id'] : undefined;
    const parent = remote ? trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true }) : ROOT_CONTEXT;
    const [host, port] = (request.headers.host ?? '').split(':');
    const span = trace.getTracer('by hand').startSpan(
      method,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          'url.path': path,
          'url.scheme': 'http',
          'network.protocol.version': request.httpVersion,
          'server.address': host,
          'server.port': Number(port),
          'client.address': remoteAddress,
          'network.peer.address': remoteAddress,
          'network.peer.port': remotePort,
          'user_agent.original': request.headers['user-agent'],
        },
      },
      parent,
    );
    const { traceId, spanId } = span.spanContext();
    response.setHeader('X-Trace-ID', traceId);
    response.setHeader('X-Request-ID', traceId);
    const ids = { trace_id: traceId, span_id: spanId, component: 'gateway', client_id: clientId };
    log.info(
      { ...ids, parent_span_id: remote?.spanId, extra: { method, path, request_id: traceId } },
      'request started',
    );
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      const route = (request as { route?: { path: string } }).route?.path ?? '<unmatched>';
      const status = response.statusCode;
      const durationMs = performance.now() - startedAt;
      span.setAttribute('http.route', route);
      span.setAttribute('http.response.status_code', status);
      span.updateName(`${method} ${route}`);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      log.info(
        { ...ids, duration_ms: Math.round(durationMs), extra: { method, route, path, status, request_id: traceId } },
        'request completed',
      );
      const labels = { method, route, status: String(status) };
      counter.inc(labels);
      durations.observe(labels, durationMs / 1000);
    };
    response.once('finish', end);
    response.once('close', end);
    context.with(trace.setSpan(parent, span), next, undefined, request, response);
  };
}

function traced(): Server {
  setRootLogger(createRootLogger({ component: 'gateway', level: 'info', destination: nowhere }));
  const server = createServer(answer);
  const settings = {
    component: 'gateway',
    isTrusted: compileTrust('private'),
    isTrustedHop: compileHopTrust('private'),
    isIgnored: (path: string) => path === '/health',
    propagateTo: [],
    traceresponse: false,
    debugHeader: 'x-debug',
    lines: { started: true, clientErrors: 'warn', slowMs: 2000 } as const,
  };
  const host = { httpAdapter: { getHttpServer: () => server, getInstance: () => undefined } };
  new ServerEntrance(host as never, new RequestTraces(settings, new HttpMetrics()));
  return server;
}

/** A request as this room sees it, without an SDK: the room's share is what comes on top of the bare server. */
export default {
  'one request without an SDK': {
    bare: () => requests(createServer(answer)),
    'by hand': () => requests(createServer(byHand(answer))),
    onetrace: () => requests(traced()),
  },
};

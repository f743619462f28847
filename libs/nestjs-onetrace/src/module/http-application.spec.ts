import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  Body,
  UseGuards,
  type CanActivate,
} from '@nestjs/common';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { PinoLogger } from 'nestjs-pino';
import { spansOfEachTest } from '../testing/spans-of-each-test.fixture.js';
import { Trace, TracingService } from '../tracing/index.js';
import { ObservabilityModule } from './observability.module.js';
import { listen } from '../http/listening-application.fixture.js';
import { PLATFORMS } from '../http/platforms.fixture.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const lines: Record<string, unknown>[] = [];

@Injectable()
class Deny implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class Work {
  constructor(private readonly logger: PinoLogger) {}

  @Trace({ name: 'work.step', recordArguments: true })
  async step(id: string, secrets: { password: string }): Promise<string> {
    await new Promise((resolve) => setImmediate(resolve));
    this.logger.info({ id, secrets, depth: { api_key: 'k-12345' } }, 'in the middle');
    return id.toUpperCase();
  }
}

@Controller('things')
class Things {
  constructor(
    private readonly work: Work,
    private readonly tracing: TracingService,
  ) {}

  @Get(':id')
  async one(@Param('id') id: string): Promise<object> {
    return { id: await this.work.step(id, { password: 'hunter2' }), trace: this.tracing.currentTraceId() };
  }

  @Post()
  create(@Body() body: object): object {
    return { trace: this.tracing.currentTraceId(), body };
  }

  @Get('missing/thing')
  missing(): never {
    throw new NotFoundException();
  }

  @Get('broken/thing')
  broken(): never {
    throw new Error('the disk is full');
  }

  @Get('denied/thing')
  @UseGuards(Deny)
  denied(): string {
    return 'never';
  }
}

@Module({
  imports: [
    ObservabilityModule.forRoot({
      component: 'gateway',
      logging: {
        destination: { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) },
      },
    }),
  ],
  controllers: [Things],
  providers: [Work],
})
class App {}

const spans = spansOfEachTest();

describe.each(PLATFORMS)('an application on %s', (platform, adapter) => {
  let app: INestApplication;
  let port: number;
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`, init);

  beforeAll(async () => {
    ({ app, port } = await listen(App, adapter(), {
      prepare: (application) => {
        application.setGlobalPrefix('api');
        application.enableCors();
      },
    }));
  });
  afterAll(() => app.close());
  beforeEach(() => {
    lines.length = 0;
  });

  const serverSpan = () => spans.spans().find((span) => span.kind === SpanKind.SERVER);

  it('continues a trusted trace and answers its ID', async () => {
    const response = await get('/api/things/a1', {
      headers: {
        traceparent: `00-${TRACE}-${PARENT}-01`,
        'x-request-id': 'req-12345678',
        'x-client-id': 'dept-a',
        origin: 'https://shop.example',
      },
    });
    expect(await response.json()).toEqual({ id: 'A1', trace: TRACE });
    expect(response.headers.get('x-trace-id')).toBe(TRACE);
    expect(response.headers.get('x-request-id')).toBe('req-12345678');
    expect(response.headers.get('access-control-expose-headers')).toContain('X-Trace-ID');

    const server = serverSpan();
    expect(server).toMatchObject({
      name: 'GET /api/things/:id',
      parentSpanContext: { spanId: PARENT },
      attributes: { 'http.route': '/api/things/:id', 'http.response.status_code': 200, 'url.path': '/api/things/a1' },
    });
    const step = spans.spans().find((span) => span.name === 'work.step');
    expect(step?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
    expect(step?.attributes).toMatchObject({
      'method.class': 'Work',
      'method.name': 'step',
      'method.arguments': ['"a1"', '{"password":"[redacted]"}'],
      'method.success': true,
    });
  });

  it('writes every line in the schema, with the trace ID and without secrets', async () => {
    await get('/api/things/a1', { headers: { traceparent: `00-${TRACE}-${PARENT}-00`, 'x-client-id': 'dept-a' } });
    expect(lines.map((line) => line['message'])).toEqual(['request started', 'in the middle', 'request completed']);
    for (const line of lines) {
      expect(line).toMatchObject({ level: 'INFO', trace_id: TRACE, component: 'gateway', client_id: 'dept-a' });
      expect(line['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(line['span_id']).toMatch(/^[0-9a-f]{16}$/);
    }
    expect(lines[0]).toMatchObject({ parent_span_id: PARENT });
    expect(lines[1]?.['extra']).toMatchObject({
      id: 'a1',
      depth: { api_key: '[redacted]' },
      secrets: { password: '[redacted]' },
    });
    expect(lines[2]).toMatchObject({ extra: { method: 'GET', route: '/api/things/:id', status: 200 } });
    expect(lines[2]?.['duration_ms']).toEqual(expect.any(Number));
    expect(Object.keys(lines[2] ?? {}).slice(0, 5)).toEqual(['timestamp', 'level', 'message', 'trace_id', 'span_id']);
    expect(spans.spans()).toHaveLength(0);
  });

  it('has the context in a handler with a body', async () => {
    const response = await get('/api/things', {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${TRACE}-${PARENT}-01` },
      body: '{"a":1}',
    });
    expect(await response.json()).toEqual({ trace: TRACE, body: { a: 1 } });
  });

  it.each<[string, RequestInit, number, string | undefined]>([
    ['/api/things/missing/thing', {}, 404, '/api/things/missing/thing'],
    ['/api/things/denied/thing', {}, 403, '/api/things/denied/thing'],
    ['/api/things/broken/thing', {}, 500, '/api/things/broken/thing'],
    ['/api/nowhere', {}, 404, undefined],
    ['/outside-the-prefix', {}, 404, undefined],
    ['/api/things', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":' }, 400, undefined],
    [
      '/api/things/x',
      { method: 'OPTIONS', headers: { origin: 'http://a.test', 'access-control-request-method': 'PUT' } },
      204,
      undefined,
    ],
  ])('%s %j: a span, lines, and the trace ID for the caller', async (path, init, status, route) => {
    const response = await get(path, init);
    await response.text();
    expect(response.status).toBe(status);
    const server = serverSpan();
    const traceId = server?.spanContext().traceId;
    expect(response.headers.get('x-trace-id')).toBe(traceId);
    expect(server?.attributes['http.response.status_code']).toBe(status);
    if (route !== undefined) expect(server?.attributes['http.route']).toBe(route);
    expect(server?.name).not.toContain('*');
    expect(server?.status.code).toBe(status >= 500 ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
    expect(spans.spans().filter((span) => span.kind === SpanKind.SERVER)).toHaveLength(1);
    const completed = lines.find((line) => line['message'] === 'request completed');
    expect(completed).toMatchObject({
      trace_id: traceId,
      level: status >= 500 ? 'ERROR' : status >= 400 ? 'WARN' : 'INFO',
    });
    if (status === 500) expect(completed).toMatchObject({ error: { type: 'Error', message: 'the disk is full' } });
  });

  it('says that the client went away', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /api/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a"',
    );
    while (!lines.some((line) => line['message'] === 'request started'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    while (serverSpan() === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    // Express answers 400 into the closed socket, Fastify does not answer: neither answer reached anybody.
    expect(lines.map((line) => line['message'])).toContain('request aborted');
    expect(serverSpan()?.attributes['error.type']).toBe('aborted');
  });

  it('serves metrics by route template, and leaves itself out of them', async () => {
    await get('/api/things/a1');
    await get('/api/things/b2');
    const text = await (await get('/metrics')).text();
    expect(text).toMatch(/http_requests_total\{method="GET",route="\/api\/things\/:id",status="200"\} \d+/);
    expect(text).toContain('http_request_duration_seconds_bucket');
    expect(text).not.toContain('/api/things/a1');
    expect(text).not.toContain('route="/metrics"');
  });

  it(`is ${platform} with a request ID for whoever has no trusted one`, async () => {
    const response = await get('/api/things/a1', { headers: { 'x-request-id': 'bad id\t' } });
    expect(response.headers.get('x-request-id')).toBe(response.headers.get('x-trace-id'));
  });
});

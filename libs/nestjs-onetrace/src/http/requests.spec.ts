import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, VersioningType } from '@nestjs/common';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { spansOfEachTest } from '../testing/spans-of-each-test.fixture.js';
import { listen } from './listening-application.fixture.js';
import { lines, RequestApplication } from './request-application.fixture.js';
import { send, until } from './request-client.fixture.js';
import { type CollectedSpan, REQUEST_ENDINGS } from './request-endings.fixture.js';
import { PLATFORMS } from './platforms.fixture.js';

const spans = spansOfEachTest();

describe.each(PLATFORMS)('every request has one span, two lines and its IDs on %s:', (platform, adapter) => {
  let app: INestApplication;
  let port: number;

  beforeAll(async () => {
    ({ app, port } = await listen(RequestApplication, adapter(), {
      prepare: (application) => {
        application.setGlobalPrefix('api', { exclude: ['outside'] });
        application.enableVersioning({ type: VersioningType.URI });
        application.enableCors({ exposedHeaders: ['X-Total'] });
      },
    }));
  });
  afterAll(() => app.close());
  beforeEach(() => {
    lines.length = 0;
  });

  const serverSpans = (): CollectedSpan[] => spans.spans().filter((span) => span.kind === SpanKind.SERVER);
  const theSpan = (): Promise<CollectedSpan> => until(() => serverSpans()[0]);
  const requestLines = () => lines.filter((line) => String(line['message']).startsWith('request '));

  it.each(REQUEST_ENDINGS)('$what', async ({ path, options, body, status, error, check, ...expected }) => {
    const route = platform === 'Fastify' ? (expected.fastifyRoute ?? expected.route) : expected.route;
    const asked = { ...options, headers: { origin: 'https://shop.example', ...options?.headers } };
    const answer = await send(port, path, asked, body);
    expect(answer.status).toBe(status);
    const span = await theSpan();
    const { traceId, spanId } = span.spanContext();
    const method = options?.method ?? 'GET';
    const known = method !== 'PURGE';

    expect(answer.headers).toMatchObject({
      'x-trace-id': traceId,
      'x-request-id': traceId,
      traceresponse: `00-${traceId}-${spanId}-03`,
    });
    for (const name of ['X-Trace-ID', 'X-Request-ID', 'traceresponse'])
      expect(String(answer.headers['access-control-expose-headers']).split(name)).toHaveLength(2);

    expect(span.name).toBe([known ? method : 'HTTP', ...(route === undefined ? [] : [route])].join(' '));
    expect(span.attributes).toMatchObject({
      'http.request.method': known ? method : '_OTHER',
      'http.response.status_code': status,
      'url.path': path.split('?')[0],
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': port,
      'client.address': '127.0.0.1',
      'network.protocol.version': '1.1',
    });
    expect(span.attributes['http.route']).toBe(route);
    expect(JSON.stringify(span.attributes)).not.toContain('secret');
    const failed = error !== undefined || status >= 500;
    expect(span.status.code).toBe(failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
    expect(span.attributes['error.type']).toBe(failed ? (status >= 500 ? String(status) : error?.[0]) : undefined);
    expect(span.events.map((event) => event.attributes?.['exception.message'])).toEqual(error ? [error[1]] : []);

    const [started, ended, ...more] = await until(() => (requestLines().length > 1 ? requestLines() : undefined));
    expect(more).toEqual([]);
    expect(started).toMatchObject({ message: 'request started', level: 'INFO', trace_id: traceId, span_id: spanId });
    expect(ended).toMatchObject({
      message: 'request completed',
      level: failed ? 'ERROR' : status >= 400 ? 'WARN' : 'INFO',
      trace_id: traceId,
      span_id: spanId,
      component: 'gateway',
      extra: { method, route: route ?? '<unmatched>', status, request_id: traceId },
    });
    expect(ended?.['error']).toEqual(error && expect.objectContaining({ type: error[0], message: error[1] }));
    const refusal = platform === expected.unsaidOn ? undefined : expected.refusal;
    const reason = (ended?.['extra'] as Record<string, unknown>)['reason'];
    expect(reason).toEqual(refusal && expect.stringMatching(refusal));
    expect(span.attributes['onetrace.refusal']).toBe(reason);
    // Nest's own line of an error that it did not expect tells it whole, ours what it was; without one, ours does.
    const whole = lines.filter((line) => typeof (line['error'] as { stack?: unknown } | undefined)?.stack === 'string');
    expect(whole).toHaveLength(error ? 1 : 0);
    expect(serverSpans()).toHaveLength(1);
    check?.(answer, span);
  });
});

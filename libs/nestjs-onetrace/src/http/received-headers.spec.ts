import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, type Type } from '@nestjs/common';
import { SpanKind, trace } from '@opentelemetry/api';
import { getIdentity, type TrustRule } from '../context/index.js';
import { ObservabilityModule } from '../module/observability.module.js';
import { spansOfEachTest } from '../testing/spans-of-each-test.fixture.js';
import { sendRaw } from './request-client.fixture.js';
import { listen } from './listening-application.fixture.js';
import { PLATFORMS } from './platforms.fixture.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;
const OTHER = `00-${'c'.repeat(32)}-${SPAN}-01`;

/** What a handler sees of the headers. */
interface Seen {
  readonly trace?: string;
  readonly state?: string;
  readonly identity: Readonly<Record<string, string>>;
}

@Controller()
class Seeing {
  @Get()
  see(): Seen {
    const spanContext = trace.getActiveSpan()?.spanContext();
    const state = spanContext?.traceState?.serialize();
    return {
      ...(spanContext && { trace: spanContext.traceId }),
      ...(state && { state }),
      identity: { ...getIdentity() },
    };
  }
}

function seeing(trust: TrustRule): Type {
  @Module({
    imports: [
      ObservabilityModule.forRoot({
        component: 'gateway',
        trust,
        privacy: { hashKey: 'a key of sixteen or more' },
        logging: { level: 'silent' },
      }),
    ],
    controllers: [Seeing],
  })
  class Application {}
  return Application;
}

async function sees(port: number, ...headers: string[]): Promise<Seen> {
  const answer = await sendRaw(
    port,
    ['GET / HTTP/1.1', 'Host: h', 'Connection: close', ...headers, '', ''].join('\r\n'),
  );
  // Fastify's answer has a length, Express's too: the body is one piece.
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Seen;
}

const spans = spansOfEachTest();

describe.each(PLATFORMS)('headers on %s', (_platform, adapter) => {
  let app: INestApplication;
  let port: number;
  beforeAll(async () => {
    const trusting = seeing((request) => request.headers['x-edge'] === 'ours');
    ({ app, port } = await listen(trusting, adapter(), { logger: false }));
  });
  afterAll(() => app.close());

  const trusted = (...headers: string[]): Promise<Seen> => sees(port, 'X-Edge: ours', ...headers);
  const parentOf = () => spans.spans().find((span) => span.kind === SpanKind.SERVER)?.parentSpanContext?.spanId;

  it('in any case, with white space around them, continue the trace', async () => {
    expect((await trusted(`TRACEPARENT: \t${TRACEPARENT}\t `)).trace).toBe(TRACE);
    expect(parentOf()).toBe(SPAN);
  });

  it.each([
    ['two of them', [`traceparent: ${TRACEPARENT}`, `traceparent: ${OTHER}`]],
    ['the same twice', [`traceparent: ${TRACEPARENT}`, `Traceparent: ${TRACEPARENT}`]],
    [
      'two of a later version',
      [`traceparent: cc${TRACEPARENT.slice(2)}-x`, `traceparent: cc${TRACEPARENT.slice(2)}-y`],
    ],
    ['one and an empty one', [`traceparent: ${TRACEPARENT}`, 'traceparent:']],
    ['upper case', [`traceparent: ${TRACEPARENT.toUpperCase()}`]],
    ['a no-break space', [`traceparent: \u00a0${TRACEPARENT}`]],
  ])('restart the trace when traceparent is invalid (%s), and take no tracestate', async (_what, headers) => {
    const seen = await trusted(...headers, 'tracestate: rojo=1');
    expect(seen.trace).toMatch(/^[0-9a-f]{32}$/);
    expect([TRACE, 'c'.repeat(32)]).not.toContain(seen.trace);
    expect(seen.state).toBeUndefined();
    expect(parentOf()).toBeUndefined();
  });

  it('may say tracestate in several pieces, which are one list', async () => {
    const seen = await trusted(
      `traceparent: ${TRACEPARENT}`,
      'tracestate: rojo=1, ,',
      'tracestate:',
      'Tracestate: t@congo=2',
    );
    expect(seen).toMatchObject({ trace: TRACE, state: 'rojo=1,t@congo=2' });
  });

  it('with a broken tracestate continue the trace without it', async () => {
    const seen = await trusted(`traceparent: ${TRACEPARENT}`, 'tracestate: rojo=1', 'tracestate: ROJO=1');
    expect(seen.trace).toBe(TRACE);
    expect(seen.state).toBeUndefined();
  });

  it('name the caller; of what is repeated, baggage is one list and everything else is nothing', async () => {
    const seen = await trusted(
      `traceparent: ${TRACEPARENT}`,
      'baggage: tenant_id=t-1;p=1, other=2',
      'Baggage: pipeline_id=text%20embedding,user_id=ada',
      'X-Request-ID: request-1',
      'X-Client-ID: dept-a',
    );
    expect(seen.identity).toEqual({
      tenantId: 't-1',
      pipelineId: 'text embedding',
      userId: expect.stringMatching(/^hmac:[0-9a-f]{32}$/) as unknown,
      requestId: 'request-1',
      clientId: 'dept-a',
    });
    const repeated = await trusted(
      'X-Request-ID: request-1',
      'X-Request-ID: request-2',
      'X-Client-ID: a',
      'X-Client-ID: b',
    );
    expect(repeated.identity).toEqual({ requestId: repeated.trace });
  });

  it('of a peer that is not trusted name nobody, and give its trace as a link alone', async () => {
    const seen = await sees(
      port,
      `traceparent: ${TRACEPARENT.replace(/01$/, '00')}`,
      'tracestate: rojo=1',
      'baggage: client_id=admin,user_id=ada',
      'X-Request-ID: request-1',
      'X-Client-ID: admin',
    );
    expect(seen.trace).not.toBe(TRACE);
    expect(seen.state).toBeUndefined();
    expect(seen.identity).toEqual({ requestId: seen.trace });
    const server = spans.spans().find((span) => span.kind === SpanKind.SERVER);
    // It was recorded although the peer said "not sampled".
    expect(server?.parentSpanContext).toBeUndefined();
    expect(server?.links.map((link) => link.context.traceId)).toEqual([TRACE]);
  });

  it('are believed over a Unix domain socket under "private"', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onetrace-'));
    const socketPath = join(folder, 'app.sock');
    const { app: local } = await listen(seeing('private'), adapter(), { logger: false, socketPath });
    try {
      const seen = await new Promise<unknown>((resolve, reject) => {
        httpRequest({ socketPath, agent: false, headers: { traceparent: TRACEPARENT } }, (response) => {
          json(response).then(resolve, reject);
        })
          .on('error', reject)
          .end();
      });
      expect(seen).toMatchObject({ trace: TRACE });
    } finally {
      await local.close();
      await rm(folder, { recursive: true });
    }
  });
});

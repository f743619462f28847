import { channel } from 'node:diagnostics_channel';
import http, { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Context, context, createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { Agent, Client, interceptors, Pool, request as undiciRequest } from 'undici';
import { withIdentity } from '../../context/index.js';
import { collectSpans, type SpanCollector } from '../../testing/index.js';
import type { HttpSettings } from '../http-settings.js';
import { OutgoingPropagation } from './outgoing-propagation.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;
const active = withIdentity(
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: TRACE,
    spanId: SPAN,
    traceFlags: 1,
    traceState: createTraceState('rojo=1'),
  }),
  { clientId: 'dept-a', tenantId: 't' },
);

const received: { path: string; headers: IncomingMessage['headers']; distinct: IncomingMessage['headersDistinct'] }[] =
  [];
const servers: Server[] = [];

async function listen(redirectTo?: () => string): Promise<string> {
  const server = createServer((request, response) => {
    received.push({ path: request.url ?? '', headers: request.headers, distinct: request.headersDistinct });
    if (redirectTo !== undefined && request.url === '/away') {
      response.writeHead(302, { location: `${redirectTo()}/arrived` });
    }
    response.end('ok');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const running: OutgoingPropagation[] = [];
function propagateTo(...list: (string | RegExp)[]): OutgoingPropagation {
  const propagation = new OutgoingPropagation({ propagateTo: list } as unknown as HttpSettings);
  propagation.onModuleInit();
  running.push(propagation);
  return propagation;
}

function httpGet(url: string, options: http.RequestOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    http.get(url, { agent: false, ...options }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
}

let spans: SpanCollector;
let named: string;
let other: string;
const dispatcher = new Agent({ connections: 8 });

beforeAll(async () => {
  // For its context manager.
  spans = collectSpans();
  other = await listen();
  named = await listen(() => other);
});
afterEach(() => {
  for (const propagation of running.splice(0)) propagation.onApplicationShutdown();
  received.length = 0;
});
afterAll(async () => {
  await spans.stop();
  await dispatcher.close();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const CALLERS: [string, (url: string, headers?: Record<string, string>) => Promise<unknown>][] = [
  ['fetch', async (url, headers) => (await fetch(url, headers && { headers })).text()],
  [
    'undici',
    async (url, headers) => (await undiciRequest(url, { dispatcher, ...(headers && { headers }) })).body.text(),
  ],
  ['node:http', async (url, headers) => httpGet(url, headers && { headers })],
];

describe.each(CALLERS)('a call by %s', (_name, call) => {
  it('to a named target carries the trace, once', async () => {
    propagateTo(named);
    await context.with(active, () => call(`${named}/a?b=c`));
    expect(received[0]?.distinct).toMatchObject({
      traceparent: [TRACEPARENT],
      tracestate: ['rojo=1'],
      baggage: ['client_id=dept-a,tenant_id=t'],
      'x-client-id': ['dept-a'],
    });
  });

  it('to a target that is not named carries nothing', async () => {
    propagateTo(named);
    await context.with(active, () => call(other));
    for (const header of ['traceparent', 'tracestate', 'baggage', 'x-client-id']) {
      expect(received[0]?.headers).not.toHaveProperty(header);
    }
  });

  it('outside every trace, or where tracing is suppressed, carries nothing', async () => {
    propagateTo(named);
    await call(named);
    await context.with(suppressTracing(active), () => call(named));
    expect(received.map(({ headers }) => headers.traceparent)).toEqual([undefined, undefined]);
  });

  it('that carries a trace or a client already is left as it is', async () => {
    propagateTo(named);
    const own = { TraceParent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` };
    await context.with(active, () => call(named, own));
    expect(received[0]?.distinct).toMatchObject({ traceparent: [own.TraceParent] });
    expect(received[0]?.headers).not.toHaveProperty('tracestate');
    expect(received[0]?.headers).not.toHaveProperty('baggage');
    await context.with(active, () => call(named, { 'X-Client-ID': 'mine' }));
    expect(received[1]?.distinct).toMatchObject({ traceparent: [TRACEPARENT], 'x-client-id': ['mine'] });
  });

  it('that has baggage of its own keeps it, and no key comes twice', async () => {
    propagateTo(named);
    await context.with(active, () => call(named, { Baggage: 'foo=bar, client_id=mine;kept' }));
    expect(String(received[0]?.headers['baggage']).split(/, ?/)).toEqual([
      'foo=bar',
      'client_id=mine;kept',
      'tenant_id=t',
    ]);
  });

  it('is matched by patterns over the whole URL', async () => {
    propagateTo(new RegExp(`^${named.replaceAll('.', '\\.')}/inside/`, 'g'));
    await context.with(active, async () => {
      await call(`${named}/inside/1`);
      await call(`${named}/inside/2`);
      await call(`${named}/outside`);
    });
    expect(received.map(({ headers }) => headers.traceparent)).toEqual([TRACEPARENT, TRACEPARENT, undefined]);
  });
});

describe('a redirect', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['fetch', async () => (await fetch(`${named}/away`)).text()],
    [
      'undici',
      async () => {
        const redirecting = dispatcher.compose(interceptors.redirect({ maxRedirections: 2 }));
        return (await undiciRequest(`${named}/away`, { dispatcher: redirecting })).body.text();
      },
    ],
  ])('followed by %s to a target that is not named does not take the trace along', async (_name, call) => {
    propagateTo(named);
    await context.with(active, call);
    expect(received.map(({ path }) => path)).toEqual(['/away', '/arrived']);
    expect(received[0]?.distinct.traceparent).toEqual([TRACEPARENT]);
    for (const header of ['traceparent', 'tracestate', 'baggage', 'x-client-id']) {
      expect(received[1]?.headers).not.toHaveProperty(header);
    }
  });

  it('to another named target carries the trace once again', async () => {
    propagateTo(named, other);
    await context.with(active, async () => (await fetch(`${named}/away`)).text());
    expect(received.map(({ distinct }) => distinct.traceparent)).toEqual([[TRACEPARENT], [TRACEPARENT]]);
  });
});

describe('a call of node:http', () => {
  it('is judged by where it connects, not by the Host header that it claims', async () => {
    propagateTo(named);
    const agent = new http.Agent({ port: Number(new URL(other).port) });
    await context.with(active, async () => {
      await httpGet(other, { headers: { host: new URL(named).host.replace('127.0.0.1', 'localhost') } });
      await httpGet(other, { headers: { Host: new URL(named).host } });
      await httpGet(named, { agent });
      await httpGet(named, { headers: { host: 'virtual.test' } });
    });
    agent.destroy();
    const sent = received.map(({ headers }) => headers.traceparent);
    expect(sent).toEqual([undefined, undefined, undefined, TRACEPARENT]);
  });

  it('whose headers are already written goes out as it is', async () => {
    propagateTo(named);
    await context.with(active, () => httpGet(named, { headers: ['host', new URL(named).host, 'x-mine', '1'] }));
    expect(received[0]?.headers).toMatchObject({ 'x-mine': '1' });
    expect(received[0]?.headers).not.toHaveProperty('traceparent');
  });
});

describe('a call of undici', () => {
  it('to an origin given as URL is recognised', async () => {
    propagateTo(named);
    const client = new Client(new URL(named));
    await context.with(active, async () => (await client.request({ path: '/', method: 'GET' })).body.text());
    await client.close();
    expect(received[0]?.distinct.traceparent).toEqual([TRACEPARENT]);
  });

  it('that waited in a pool carries its own trace, or none, and never that of another request', async () => {
    propagateTo(named);
    const pool = new Pool(named, { connections: 1 });
    const inTrace = (digit: number): Context =>
      trace.setSpanContext(ROOT_CONTEXT, { traceId: `${digit}`.repeat(32), spanId: SPAN, traceFlags: 1 });
    const numbers = [1, 2, 3, 4];
    await Promise.all(
      numbers.map((number) =>
        context.with(inTrace(number), async () =>
          (await undiciRequest(`${named}/${number}`, { dispatcher: pool })).body.text(),
        ),
      ),
    );
    for (const { path, headers } of received) expect(headers.traceparent).toContain(path.slice(1).repeat(32));
    expect(received).toHaveLength(numbers.length);
    received.length = 0;
    await Promise.all(
      numbers.map((number) =>
        context.with(inTrace(number), async () =>
          (await fetch(`${named}/${number}`, { dispatcher: pool } as unknown as RequestInit)).text(),
        ),
      ),
    );
    await pool.close();
    expect(received).toHaveLength(numbers.length);
    const carried = received.filter(({ headers }) => headers.traceparent !== undefined);
    for (const { path, headers } of carried) expect(headers.traceparent).toContain(path.slice(1).repeat(32));
  });

  it('gives way to an instrumentation that adds its own trace afterwards', async () => {
    propagateTo(named);
    const theirs = `00-${TRACE}-${'c'.repeat(16)}-01`;
    const subscriber = (message: unknown): void => {
      const { request } = message as { request: { addHeader(name: string, value: string): void } };
      request.addHeader('baggage', 'theirs=1');
      request.addHeader('traceparent', theirs);
    };
    const undici = channel('undici:request:create');
    undici.subscribe(subscriber);
    try {
      await context.with(active, async () => (await fetch(named, { headers: { 'x-mine': '1' } })).text());
    } finally {
      undici.unsubscribe(subscriber);
    }
    expect(received[0]?.distinct).toMatchObject({ traceparent: [theirs], baggage: ['theirs=1'], 'x-mine': ['1'] });
    expect(received[0]?.headers).not.toHaveProperty('tracestate');
  });
});

describe('the subscription', () => {
  const isSubscribed = (): boolean[] =>
    ['undici:request:create', 'http.client.request.created'].map((name) => channel(name).hasSubscribers);

  it('is there only while an application named targets, and once for all of them', async () => {
    propagateTo();
    expect(isSubscribed()).toEqual([false, false]);
    const first = propagateTo(named);
    const second = propagateTo(other);
    expect(isSubscribed()).toEqual([true, true]);
    await context.with(active, async () => (await fetch(named)).text());
    expect(received[0]?.distinct.traceparent).toEqual([TRACEPARENT]);
    first.onApplicationShutdown();
    await context.with(active, async () => (await fetch(named)).text());
    expect(received[1]?.headers).not.toHaveProperty('traceparent');
    expect(isSubscribed()).toEqual([true, true]);
    second.onApplicationShutdown();
    second.onApplicationShutdown();
    expect(isSubscribed()).toEqual([false, false]);
  });

  it('survives messages that it does not know', () => {
    propagateTo(named);
    for (const message of [undefined, null, {}, { request: null }, { request: { headers: [], addHeader: () => 1 } }]) {
      expect(() => channel('undici:request:create').publish(message)).not.toThrow();
      expect(() => channel('http.client.request.created').publish(message)).not.toThrow();
    }
  });
});

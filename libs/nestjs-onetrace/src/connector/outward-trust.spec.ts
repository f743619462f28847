import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { context, createTraceState, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { withIdentity } from '../context/index.js';
import { type Answer, API_KEY, ModelServer, REQUEST, success } from './model-server.fixture.js';
import type { ConnectorOptions, OpenAiConnector } from './index.js';

const model = new ModelServer();
const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** A request of a known client, in a trace with a state. */
const flow = withIdentity(
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: TRACE,
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
    traceState: createTraceState('vendor=1'),
  }),
  { clientId: 'dept-a', tenantId: 'tenant-b', requestId: 'request-c' },
);

const CALLS: readonly [string, (llm: OpenAiConnector) => Promise<unknown>][] = [
  ['a method of the connector', (llm) => llm.chatCompletions(REQUEST)],
  [
    'connector.fetch',
    async (llm) => (await llm.fetch(`http://${model.target}/v1/chat/completions`, POST)).arrayBuffer(),
  ],
];
const POST = {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-api-key': API_KEY },
  body: JSON.stringify(REQUEST),
};

async function sentBy(call: (llm: OpenAiConnector) => Promise<unknown>, more: Partial<ConnectorOptions>) {
  model.answers = [success];
  await context.with(flow, () => call(model.connector(more)));
  return model.received[0]?.headers as IncomingHttpHeaders;
}

describe.each(CALLS)('what %s sends', (_, call) => {
  it('to a server of the own house is the trace, and who asks', async () => {
    const headers = await sentBy(call, {});
    expect(headers).toMatchObject({ tracestate: 'vendor=1', 'x-client-id': 'dept-a' });
    expect(headers['traceparent']).toContain(TRACE);
    expect(headers['baggage']).toContain('tenant_id=tenant-b');
  });

  it('to a foreign provider is the trace alone', async () => {
    const headers = await sentBy(call, { foreign: true });
    expect(headers['traceparent']).toContain(TRACE);
    expect(headers['baggage']).toBeUndefined();
    expect(headers['x-client-id']).toBeUndefined();
    expect(JSON.stringify(headers)).not.toMatch(/dept-a|tenant-b/);
  });

  it('is the key of the connector', async () => {
    expect((await sentBy(call, {}))['authorization']).toBe(`Bearer ${API_KEY}`);
  });
});

describe('connector.fetch', () => {
  it('sends the key of the connector instead of the one that its client made up', async () => {
    const headers = { ...POST.headers, authorization: 'Bearer not-needed' };
    const sent = await sentBy(
      async (llm) =>
        (await llm.fetch(`http://${model.target}/v1/chat/completions`, { ...POST, headers })).arrayBuffer(),
      {},
    );
    expect(sent['authorization']).toBe(`Bearer ${API_KEY}`);
  });

  it("sends a client's own headers, and ours where it names the same", async () => {
    const headers = { ...POST.headers, traceparent: 'none', 'X-Own': 'kept' };
    const sent = await sentBy(
      async (llm) =>
        (await llm.fetch(`http://${model.target}/v1/chat/completions`, { ...POST, headers })).arrayBuffer(),
      { headers: { 'x-own': 'configured', 'x-configured': 'yes' } },
    );
    expect(sent).toMatchObject({ 'x-own': 'kept', 'x-configured': 'yes' });
    expect(sent['traceparent']).toContain(TRACE);
  });
});

describe('outside of every trace', () => {
  const foreign = { traceparent: 'x', Tracestate: 'vendor=2', baggage: 'client_id=stolen' };
  const ways: [string, (llm: OpenAiConnector) => Promise<unknown>][] = [
    ['a method', (llm) => llm.chatCompletions(REQUEST, { headers: foreign })],
    [
      'connector.fetch',
      (llm) =>
        llm.fetch(`http://${model.target}/v1/chat/completions`, { ...POST, headers: { ...POST.headers, ...foreign } }),
    ],
  ];
  it.each(ways)(
    '%s sends the trace of the call, never one that came in with the headers of its caller',
    async (_, ask) => {
      model.answers = [success];
      await ask(model.connector({ headers: { traceparent: 'configured' } }));
      const sent = model.received[0]?.headers as IncomingHttpHeaders;
      const [attempt] = model.attemptSpans;
      const { traceId, spanId } = attempt?.spanContext() ?? {};
      expect(sent['traceparent']).toContain(`00-${traceId}-${spanId}-`);
      expect([sent['tracestate'], sent['baggage']]).toEqual([undefined, undefined]);
    },
  );
});

describe('a redirect to another origin', () => {
  let elsewhere: Server;
  let heard: string[] = [];
  beforeEach(async () => {
    heard = [];
    elsewhere = createServer((request, response) => {
      heard.push(request.url ?? '');
      response.end('{}');
    });
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
  });
  afterEach(async () => {
    elsewhere.closeAllConnections();
    elsewhere.close();
    await once(elsewhere, 'close');
  });
  const redirect =
    (status: number): Answer =>
    (_request, response) => {
      const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/v1/chat/completions`;
      response.writeHead(status, { location }).end();
    };

  it.each(CALLS.flatMap(([name, call]) => [302, 307, 308].map((status) => ({ name, call, status }))))(
    'is not followed with $status by $name: neither key nor trace gets there',
    async ({ call, status }) => {
      model.answers = [redirect(status)];
      await expect(call(model.connector())).rejects.toMatchObject({ message: expect.any(String) });
      expect(heard).toEqual([]);
      expect(model.received).toHaveLength(1);
      expect(model.lines.at(-1)).toMatchObject({ message: 'model call failed' });
    },
  );

  it("is the client's own business where it wants to see it", async () => {
    model.answers = [redirect(307)];
    const response = await model
      .connector()
      .fetch(`http://${model.target}/v1/chat/completions`, { ...POST, redirect: 'manual' });
    expect([response.status, response.headers.has('location')]).toEqual([307, true]);
    expect(heard).toEqual([]);
  });
});

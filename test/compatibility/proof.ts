import { expect } from '@jest/globals';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { startSpanReceiver } from '../temporal/span.receiver.ts';
import { CALLER, type Expectation, type Platform, TRACE_ID } from './expectations.ts';
import { type Line, RunningApplication } from './running-application.ts';

/** What is started: a program under a Node, on one of the two platforms. */
export interface Program {
  readonly node: string;
  readonly args: string[];
  readonly cwd: string;
  readonly platform: Platform;
}

/**
 * Starts an application, sends it the requests of the table, ends it by SIGTERM, and holds what came out of it (answers,
 * lines, and the spans that a receiver got over OTLP) against the table.
 */
export async function prove(program: Program, table: readonly Expectation[]): Promise<RunningApplication> {
  const receiver = await startSpanReceiver();
  const app = RunningApplication.start(program.node, program.args, {
    cwd: program.cwd,
    env: { PLATFORM: program.platform, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  });
  try {
    const url = await app.url();
    const traces: (string | undefined)[] = [];
    for (const expectation of table) traces.push(await ask(url, expectation));
    // The spans are still in the process: ending it must hand them over, and nothing may hold it up.
    expect(await app.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(app.errors).toBe('');
    table.forEach((expectation, index) => {
      const traceId = traces[index];
      if (traceId === undefined) return;
      expectSpans(
        expectation,
        program.platform,
        receiver.spans.filter((span) => span.traceId === traceId),
      );
      expectLines(
        expectation,
        app.lines.filter((line) => line['trace_id'] === traceId),
      );
    });
    const answered = new Set(traces);
    expect(receiver.spans.filter((span) => !answered.has(span.traceId))).toEqual([]);
    return app;
  } finally {
    await app.stop();
    await receiver.close();
  }
}

/** Sends one request; returns the trace ID of the answer. */
async function ask(url: string, expectation: Expectation): Promise<string | undefined> {
  const { method = 'GET', path, headers = {}, body, promise } = expectation;
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const traceId = response.headers.get('x-trace-id') ?? undefined;
  const seen = {
    promise,
    status: response.status,
    traceId,
    answers: Object.fromEntries(
      Object.keys(expectation.answers ?? {}).map((name) => [name, response.headers.get(name)]),
    ),
    ...(expectation.json === undefined ? {} : { json: JSON.parse(text) as unknown }),
  };
  expect(seen).toEqual({
    promise,
    status: expectation.status,
    traceId: expectation.server === undefined ? undefined : expect.stringMatching(/^[0-9a-f]{32}$/),
    answers: Object.fromEntries(
      Object.entries(expectation.answers ?? {}).map(([name, pattern]) => [name, expect.stringMatching(pattern)]),
    ),
    ...(expectation.json === undefined ? {} : { json: expect.objectContaining(partly(expectation.json, traceId)) }),
  });
  return traceId;
}

/** The expected object at every depth only in part, with the trace ID put in. */
function partly(value: object, traceId: string | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      if (inner === TRACE_ID) return [key, traceId];
      if (Array.isArray(inner)) return [key, inner.map((one: object) => expect.objectContaining(one as never))];
      return typeof inner === 'object' && inner !== null
        ? [key, expect.objectContaining(partly(inner, traceId))]
        : [key, inner];
    }),
  );
}

function expectSpans(expectation: Expectation, platform: Platform, spans: readonly Span[]): void {
  const { promise, inner = [] } = expectation;
  const server = typeof expectation.server === 'object' ? expectation.server[platform] : expectation.server;
  const names = [server, ...inner];
  expect({ promise, spans: spans.map((span) => span.name).sort() }).toEqual({ promise, spans: [...names].sort() });
  const chain = names.map((name) => spans.find((span) => span.name === name));
  chain.forEach((span, index) => {
    const parent = index === 0 ? caller(expectation) : chain[index - 1]?.spanId;
    expect({ promise, name: span?.name, parent: span?.parentSpanId }).toEqual({ promise, name: span?.name, parent });
  });
  const [first] = chain;
  const { route, status } = { route: server?.split(' ')[1], status: expectation.status };
  expect({ promise, ...first }).toMatchObject({
    promise,
    kind: 'server',
    status: expectation.failed === true ? 'error' : 'unset',
    attributes: { 'http.response.status_code': status, ...(route === undefined ? {} : { 'http.route': route }) },
    resource: { 'service.name': 'shop' },
  });
  expect(chain.at(-1)?.attributes).toMatchObject(expectation.attributes ?? {});
}

function caller(expectation: Expectation): string | undefined {
  return expectation.headers?.['traceparent'] === undefined ? undefined : CALLER.spanId;
}

function expectLines(expectation: Expectation, lines: readonly Line[]): void {
  const { promise } = expectation;
  // The request lines of the user's own nestjs-pino, where it has any, are the user's.
  const ours = lines.filter((line) => line.extra?.['responseTime'] === undefined);
  const messages = ours.map((line) => line['message']);
  expect({ promise, messages: [...messages].sort() }).toEqual({
    promise,
    messages: ['request started', ...(expectation.lines ?? []), 'request completed'].sort(),
  });
  for (const line of ours) {
    expect(line).toMatchObject({ component: 'shop', span_id: expect.stringMatching(/^[0-9a-f]{16}$/) });
  }
}

import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type Attributes,
  context,
  createContextKey,
  createTraceState,
  type HrTime,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { suppressTracing } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import { ConsoleSpanExporter } from '@opentelemetry/sdk-trace-base';
import type { EndedSpan } from '../ended-span.js';
import { tracingFailures } from '../safely.js';
import { createSampler } from './create-sampler.js';
import { OnetraceTracerProvider } from './onetrace-tracer-provider.js';
import { resolveSpanLimits } from './span-limits.js';

const REMOTE: SpanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 3,
  isRemote: true,
  traceState: createTraceState('vendor=value'),
};
const KEY = createContextKey('a key of the application');

const ended: EndedSpan[] = [];
const provider = createProvider(1);
const tracer = provider.getTracer('scope');

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => void context.disable());
afterEach(() => {
  ended.length = 0;
  jest.restoreAllMocks();
});

function createProvider(ratio: number): OnetraceTracerProvider {
  return new OnetraceTracerProvider({
    resource: emptyResource(),
    processor: { onEnd: (span) => ended.push(span) },
    sampler: createSampler({ ratio, trustParent: true }),
    limits: resolveSpanLimits({ attributes: 8, attributeLength: 64, events: 8, links: 8 }, ['user.id']),
  });
}

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1000 + nanoseconds / 1e6;
}

describe('a tracer', () => {
  it('starts a trace with a random ID and says so (W3C Trace Context level 2)', () => {
    const first = tracer.startSpan('a').spanContext();
    const second = tracer.startSpan('b').spanContext();
    expect(first.traceId).not.toBe(second.traceId);
    expect(first.traceFlags).toBe(3);
  });

  it('continues the trace of its parent: ID, flags and tracestate', () => {
    const child = tracer.startSpan('child', {}, trace.setSpanContext(ROOT_CONTEXT, REMOTE));
    expect(child.spanContext()).toMatchObject({
      traceId: REMOTE.traceId,
      traceFlags: 3,
      traceState: REMOTE.traceState,
    });
    expect(child.spanContext().isRemote).toBeUndefined();
    child.end();
    expect(ended[0]?.parentSpanContext).toBe(REMOTE);
  });

  it('does not call the ID of another random when that one did not', () => {
    const parent = trace.setSpanContext(ROOT_CONTEXT, { ...REMOTE, traceFlags: 1 });
    expect(tracer.startSpan('child', {}, parent).spanContext().traceFlags).toBe(1);
  });

  it.each([
    ['asked for', { root: true }, REMOTE],
    ['the parent is invalid', {}, INVALID_SPAN_CONTEXT],
    ['the parent has half an ID', {}, { ...REMOTE, spanId: '0'.repeat(16) }],
  ])('starts a trace of its own when %s', (_, options, parent) => {
    const span = tracer.startSpan('own', options, trace.setSpanContext(ROOT_CONTEXT, parent));
    expect(span.spanContext().traceId).not.toBe(parent.traceId);
    expect(span.spanContext().traceState).toBeUndefined();
    span.end();
    expect(ended[0]?.parentSpanContext).toBeUndefined();
  });

  it('makes no span where OpenTelemetry suppressed tracing', () => {
    const span = tracer.startSpan('request of an exporter', {}, suppressTracing(context.active()));
    expect(trace.isSpanContextValid(span.spanContext())).toBe(false);
    span.end();
    expect(ended).toEqual([]);
  });

  it('gives unsampled spans IDs of their own in the same trace, and records none of them', () => {
    const unsampled = createProvider(0).getTracer('scope');
    unsampled.startActiveSpan('parent', (parent) => {
      const child = unsampled.startSpan('child');
      child.setAttribute('a', 1).setAttributes({}).addEvent('e').addLink({ context: REMOTE }).addLinks([]);
      child.setStatus({ code: 2 }).updateName('n').recordException('e');
      expect(child.isRecording()).toBe(false);
      expect(child.spanContext()).toMatchObject({ traceId: parent.spanContext().traceId, traceFlags: 2 });
      expect(child.spanContext().spanId).not.toBe(parent.spanContext().spanId);
      expect(child.spanContext()).toBe(child.spanContext());
      child.end();
      parent.end();
    });
    expect(ended).toEqual([]);
  });

  it('runs a function inside its span, in each form the API has', async () => {
    const withKey = trace.setSpanContext(ROOT_CONTEXT, REMOTE).setValue(KEY, 'kept');
    const active = (span: Span): unknown[] => [trace.getActiveSpan() === span, context.active().getValue(KEY)];
    expect(tracer.startActiveSpan('a', active)).toEqual([true, undefined]);
    expect(tracer.startActiveSpan('a', { root: true }, active)).toEqual([true, undefined]);
    expect(tracer.startActiveSpan('a', {}, withKey, active)).toEqual([true, 'kept']);
    const later = tracer.startActiveSpan('a', async (span) => {
      await Promise.resolve();
      return trace.getActiveSpan() === span;
    });
    expect(trace.getActiveSpan()).toBeUndefined();
    await expect(later).resolves.toBe(true);
    const error = new Error('of the application');
    expect(() =>
      tracer.startActiveSpan('a', () => {
        throw error;
      }),
    ).toThrow(error);
  });

  it('is one for each name, version and schema', () => {
    const api: TracerProvider = provider;
    expect(api.getTracer('scope')).toBe(tracer);
    expect(api.getTracer('scope', '2')).not.toBe(tracer);
    expect(api.getTracer('scope', '2', { schemaUrl: 'https://example.org' })).not.toBe(api.getTracer('scope', '2'));
  });
});

describe('the times of a trace', () => {
  it('stay in order when the wall clock is set back in the middle', () => {
    const parent = tracer.startSpan('parent');
    const now = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent));
    child.addEvent('in between');
    child.end();
    parent.end();
    now.mockRestore();
    const [first, second] = ended;
    const order = [second?.startTime, first?.startTime, first?.events[0]?.time, first?.endTime, second?.endTime].map(
      (time) => milliseconds(time ?? [0, 0]),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(Math.abs((order[0] ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('are in order from trace to trace, as no clock of milliseconds could tell', () => {
    for (let trace = 0; trace < 2000; trace += 1) tracer.startSpan('root', { root: true }).end();
    const starts = ended.map(({ startTime }) => milliseconds(startTime));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(new Set(starts).size).toBeGreaterThan(100);
  });

  it('follow the wall clock when it is set, from the next trace on', () => {
    // A few of each: a process that is made to wait in the middle of a reading leaves it to the next one.
    const lastStart = (): number => {
      for (let root = 0; root < 5; root += 1) tracer.startSpan('root', { root: true }).end();
      return milliseconds(ended.at(-1)?.startTime ?? [0, 0]);
    };
    jest.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
    expect(Math.abs(lastStart() - 1_700_000_000_000)).toBeLessThan(60_000);
    jest.restoreAllMocks();
    expect(Math.abs(lastStart() - Date.now())).toBeLessThan(60_000);
  });

  it('take readings of performance.now() as times of the same clock', () => {
    const span = tracer.startSpan('a');
    const reading = performance.now();
    span.addEvent('then', reading);
    span.end();
    const event = milliseconds(ended[0]?.events[0]?.time ?? [0, 0]);
    expect(event).toBeGreaterThanOrEqual(milliseconds(ended[0]?.startTime ?? [0, 0]));
    expect(event).toBeLessThanOrEqual(milliseconds(ended[0]?.endTime ?? [0, 0]));
  });

  it('never give a negative duration', () => {
    tracer.startSpan('a', { startTime: new Date(2_000) }).end(new Date(1_000));
    expect(ended[0]).toMatchObject({ startTime: [2, 0], endTime: [2, 0], duration: [0, 0] });
  });

  it('say of a span that has not ended that it has not', () => {
    expect(tracer.startSpan('a')).toMatchObject({ ended: false, endTime: [0, 0], duration: [-1, -1] });
  });
});

describe('a provider', () => {
  it('hands a span to every processor, and goes on when one of them throws', () => {
    const before = tracingFailures();
    const failing = {
      onStart: () => {
        throw new Error('start');
      },
      onEnd: () => {
        throw new Error('end');
      },
    };
    const late: string[] = [];
    const second = { onEnd: (span: EndedSpan) => late.push(span.name) };
    provider.addProcessor(failing);
    provider.addProcessor(second);
    tracer.startSpan('a').end();
    provider.removeProcessor(failing);
    provider.removeProcessor(second);
    tracer.startSpan('b').end();
    expect(ended.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(late).toEqual(['a']);
    expect(tracingFailures()).toBe(before + 2);
  });

  it('cuts long values, but none that is hashed later', () => {
    const long = 'x'.repeat(100);
    const span = tracer.startSpan('s', { attributes: { a: long, 'user.id': long } });
    span.addEvent('e', { a: [long], 'user.id': [long] });
    span.end();
    const [first] = ended;
    expect(first?.attributes).toEqual({ a: 'x'.repeat(64), 'user.id': long });
    expect(first?.events[0]?.attributes).toEqual({ a: ['x'.repeat(64)], 'user.id': [long] });
  });

  it('takes no attribute for its prototype', () => {
    const span = tracer.startSpan('s');
    span.setAttribute('__proto__', ['x']).addEvent('e', JSON.parse('{"__proto__":["x"]}') as Attributes);
    span.end();
    expect(Object.getPrototypeOf(ended[0]?.attributes)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(ended[0]?.events[0]?.attributes)).toBe(Object.prototype);
  });

  it('ends a span once, whatever is done to it later', () => {
    const span = tracer.startSpan('a');
    span.end();
    span.end();
    span.setAttribute('late', true).updateName('late').addEvent('late').addLink({ context: REMOTE });
    expect(ended).toHaveLength(1);
    expect(ended[0]).toMatchObject({ name: 'a', attributes: {}, events: [], links: [] });
  });

  it("makes spans that OpenTelemetry's exporters can read", () => {
    const written = jest.spyOn(console, 'dir').mockImplementation(() => undefined);
    tracer.startSpan('a', { attributes: { key: 'value' } }).end();
    new ConsoleSpanExporter().export(ended, () => undefined);
    expect(written.mock.calls[0]?.[0]).toMatchObject({
      name: 'a',
      attributes: { key: 'value' },
      duration: expect.any(Number),
    });
  });

  it('frees an ended parent while its child lives on', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    let child: Span | undefined;
    const parent = (() => {
      const span = createProvider(1).getTracer('scope').startSpan('parent');
      child = createProvider(1).getTracer('scope').startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, span));
      span.end();
      ended.length = 0;
      return new WeakRef(span);
    })();
    await new Promise(setImmediate);
    collectGarbage();
    expect(parent.deref()).toBeUndefined();
    expect(child?.isRecording()).toBe(true);
  });
});

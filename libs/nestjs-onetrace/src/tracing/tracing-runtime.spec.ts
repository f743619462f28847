import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { context, createContextKey, diag, DiagLogLevel, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { configureIdentifierHash } from '../context/index.js';
import { type OtlpReceiver, startOtlpReceiver } from './export/otlp-receiver.fixture.js';
import { exportFinishedSpan, type FinishedSpan } from './finished-span.js';
import { setNoticeSink } from './notice.js';
import { getTracer } from './tracer.js';
import { defaultTracingSettings, type TracingSettings } from './tracing-options.js';
import { startTracing, stopTracing } from './tracing-runtime.js';

const VARIABLES = { ...process.env };
const KEY = createContextKey('test');
const EDGE: FinishedSpan = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'edge GET /',
  kind: SpanKind.SERVER,
  startTimeMs: 1000,
  endTimeMs: 1500.5,
  attributes: { 'http.request.method': 'GET' },
  sampled: true,
  component: 'nginx',
  service: 'nginx',
};

let receiver: OtlpReceiver;
let settings: TracingSettings;
let said: string[];
const names = (): string[] => receiver.spans().map(({ name }) => name);
const span = (name: string): void => getTracer().startSpan(name).end();
const carriesContext = (): boolean =>
  context.with(ROOT_CONTEXT.setValue(KEY, 1), () => context.active().getValue(KEY) === 1);

beforeEach(async () => {
  process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
  receiver = await startOtlpReceiver();
  settings = { ...defaultTracingSettings('gateway'), export: { url: receiver.url } };
  said = [];
  const say = (message: string): void => void said.push(message);
  setNoticeSink(say);
  diag.setLogger({ error: say, warn: say, info: () => {}, debug: () => {}, verbose: () => {} }, DiagLogLevel.WARN);
});
afterEach(async () => {
  diag.disable();
  trace.disable();
  context.disable();
  process.env = { ...VARIABLES };
  await receiver.stop();
});

describe('one process, one provider', () => {
  it('starts, stops and starts again', async () => {
    for (const round of ['first', 'second']) {
      startTracing(settings);
      span(round);
      expect(carriesContext()).toBe(true);
      await stopTracing();
      expect(carriesContext()).toBe(false);
    }
    expect(names()).toEqual(['first', 'second']);
    expect(said).toEqual([]);
  });

  it('starts again while the last one is still being stopped (hot reload)', async () => {
    startTracing(settings);
    span('before');
    const stopped = stopTracing();
    startTracing(settings);
    span('after');
    await stopped;
    span('later');
    await stopTracing();
    expect(names().sort()).toEqual(['after', 'before', 'later']);
    expect(said).toEqual([]);
  });

  it('serves several applications; the last one stops it, the others flush', async () => {
    startTracing(settings);
    startTracing(settings);
    span('a');
    await stopTracing();
    expect(names()).toEqual(['a']);
    span('b');
    await stopTracing();
    expect(names()).toEqual(['a', 'b']);
    // One stop too many changes nothing.
    await stopTracing();
    span('nowhere');
    expect(said).toEqual([]);
  });

  it('sends spans that were measured elsewhere under their own IDs, grouped by service', async () => {
    startTracing(settings);
    exportFinishedSpan(EDGE);
    exportFinishedSpan({ ...EDGE, spanId: 'b7ad6b7169203332' });
    exportFinishedSpan({ ...EDGE, sampled: false });
    await stopTracing();
    expect(JSON.parse(String(receiver.exports[0]?.body))).toMatchObject({
      resourceSpans: [
        {
          resource: { attributes: expect.arrayContaining([{ key: 'service.name', value: { stringValue: 'nginx' } }]) },
          scopeSpans: [
            {
              spans: [
                { traceId: EDGE.traceId, spanId: EDGE.spanId, endTimeUnixNano: '1500500000' },
                { spanId: 'b7ad6b7169203332' },
              ],
            },
          ],
        },
      ],
    });
  });
});

describe("beside the application's own provider", () => {
  const exporter = new InMemorySpanExporter();
  const register = (): BasicTracerProvider => {
    exporter.reset();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    trace.setGlobalTracerProvider(provider);
    return provider;
  };

  it('starts none, and our spans go where its spans go, those of other programs too', async () => {
    register();
    startTracing(settings);
    span('ours');
    exportFinishedSpan(EDGE);
    expect(
      exporter.getFinishedSpans().map(({ name, resource }) => [name, resource.attributes['service.name']]),
    ).toEqual([
      ['ours', expect.stringMatching(/^unknown_service/)],
      ['edge GET /', 'nginx'],
    ]);
    await stopTracing();
    expect(receiver.exports).toEqual([]);
    expect(said).toEqual([]);
  });

  it('keeps what is written on our spans private, whoever writes it, and leaves spans of others alone', async () => {
    register();
    configureIdentifierHash({ hashKey: 'a key of a good length', hash: ['user.id'] });
    startTracing(settings);
    const secrets = { 'user.id': 'u-1', 'patient.id': 'p-1', 'db.password': 'x', kept: true };
    const made = { 'user.id': expect.stringMatching(/^hmac:/), 'db.password': '[redacted]', kept: true };
    const link = { context: { traceId: EDGE.traceId, spanId: EDGE.spanId, traceFlags: 1 }, attributes: secrets };
    const written = getTracer().startActiveSpan('ours', { attributes: secrets, links: [link] }, (active) => {
      expect(trace.getActiveSpan()).toBe(active);
      return active;
    });
    expect(written.setAttribute('patient.id', 'p-2').setAttributes({ 'a.secret': 'x' })).toBe(written);
    written.addEvent('event', secrets, [5, 0]).addEvent('timed', [6, 0]).addLink(link).addLinks([link]).end();
    exportFinishedSpan({ ...EDGE, attributes: secrets });
    trace.getTracer('theirs').startSpan('theirs', { attributes: secrets }).end();
    await stopTracing();
    getTracer().startSpan('after', { attributes: secrets }).end();
    configureIdentifierHash({ hashKey: undefined, hash: ['user.id'] });
    const [ours, edge, theirs, after] = exporter.getFinishedSpans();
    expect(ours?.attributes).toEqual({ ...made, 'a.secret': '[redacted]' });
    expect(ours?.events).toMatchObject([
      { name: 'event', time: [5, 0], attributes: made },
      { name: 'timed', time: [6, 0] },
    ]);
    expect(ours?.links.map(({ attributes }) => attributes)).toEqual([made, made, made]);
    expect(edge?.attributes).toMatchObject(made);
    expect(edge?.attributes).not.toHaveProperty('patient.id');
    expect(theirs?.attributes).toEqual(secrets);
    expect(after?.attributes).toEqual(secrets);
  });

  it('leaves that provider running when the last application stops', async () => {
    register();
    startTracing(settings);
    await stopTracing();
    span('after');
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['after']);
  });

  it('says once that `sampling` decides nothing there, where it was given', async () => {
    register();
    startTracing(settings);
    await stopTracing();
    expect(said).toEqual([]);
    for (const sampling of [
      { ratio: 0.1, trustParent: true },
      { ratio: undefined, trustParent: false },
    ]) {
      startTracing({ ...settings, sampling });
      await stopTracing();
    }
    expect(said).toEqual([expect.stringContaining('`sampling` has no effect')]);
  });

  it('has that provider hand over what has ended when an application stops, within the deadline, whatever it does', async () => {
    const provider = register();
    const asked: string[] = [];
    const answers = [
      () => Promise.resolve(),
      () => Promise.reject(new Error('broken')),
      () => {
        throw new Error('broken');
      },
      () => new Promise<void>(() => undefined),
    ];
    for (const [index, answer] of answers.entries()) {
      provider.forceFlush = () => {
        asked.push(String(index));
        return answer();
      };
      startTracing({ ...settings, shutdownTimeoutMs: 20 });
      await stopTracing();
    }
    expect(asked).toEqual(['0', '1', '2', '3']);
    expect(said).toEqual([]);
  });

  it('carries the context when nobody else does, and leaves the one that does alone', async () => {
    register();
    startTracing(settings);
    expect(carriesContext()).toBe(true);
    await stopTracing();
    expect(carriesContext()).toBe(false);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    startTracing(settings);
    await stopTracing();
    expect(carriesContext()).toBe(true);
    expect(said).toEqual([]);
  });

  it('leaves out spans of other programs when the provider shows no pipeline, and says so', () => {
    const tracer = new BasicTracerProvider().getTracer('theirs');
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
    startTracing(settings);
    exportFinishedSpan(EDGE);
    exportFinishedSpan(EDGE);
    expect(said).toEqual([expect.stringContaining('shows no span processor')]);
  });

  it('keeps stores of other libraries apart: theirs and ours do not meet', () => {
    const storage = new AsyncLocalStorage<string>();
    startTracing(settings);
    expect(storage.run('theirs', () => context.with(ROOT_CONTEXT, () => storage.getStore()))).toBe('theirs');
    return stopTracing();
  });
});

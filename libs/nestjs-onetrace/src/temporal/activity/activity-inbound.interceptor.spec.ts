import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import {
  componentLogger,
  configureFlowLines,
  createRootLogger,
  DEFAULT_WORK_LINES,
  setRootLogger,
} from '../../logging/index.js';
import { collectSpans, type SpanCollector } from '../../testing/index.js';
import { encodeTracerData } from '../workflow/tracer-data.js';
import type { ActivityContext } from './activity-context.js';
import { OnetraceActivityInboundInterceptor } from './activity-inbound.interceptor.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const HEADERS = { '_tracer-data': encodeTracerData({ traceparent: `00-${TRACE}-b7ad6b7169203331-01` }) };

let collector: SpanCollector;
let lines: Record<string, unknown>[];
let before: ReturnType<typeof setRootLogger>;
beforeAll(() => {
  collector = collectSpans();
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(String(chunk)) as Record<string, unknown>);
      done();
    },
  });
  before = setRootLogger(createRootLogger({ component: 'worker', level: 'info', destination }));
});
beforeEach(() => {
  lines = [];
});
afterEach(() => {
  configureFlowLines(undefined);
  collector.reset();
});
afterAll(async () => {
  setRootLogger(before);
  await collector.stop();
});

function attempt(aborted: boolean): ActivityContext {
  const info = {
    activityId: '1',
    activityType: 'inference',
    attempt: 1,
    isLocal: false,
    scheduledTimestampMs: 0,
    scheduleToCloseTimeoutMs: 0,
    taskQueue: 'q',
    workflowExecution: { workflowId: 'w', runId: 'r' },
    workflowType: 'embed',
  };
  const cancellationSignal = aborted ? AbortSignal.abort() : new AbortController().signal;
  return { info, cancellationSignal };
}

function run(activity: () => Promise<unknown>, aborted = false, headers: typeof HEADERS = HEADERS): Promise<unknown> {
  return new OnetraceActivityInboundInterceptor(attempt(aborted)).execute({ args: [], headers }, activity);
}

describe('an activity', () => {
  it('runs in its span, under the caller, and gives back what it returned', async () => {
    const value = { answer: 42 };
    let active: string | undefined;
    const result = await run(async () => {
      active = trace.getActiveSpan()?.spanContext().traceId;
      return value;
    });
    expect(result).toBe(value);
    expect(active).toBe(TRACE);
    expect(collector.spans()[0]).toMatchObject({ name: 'RunActivity:inference', status: { code: 0 } });
    expect(collector.spans()[0]?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(lines.map(({ message }) => message)).toEqual(['activity started', 'activity completed']);
    expect(lines[0]).toMatchObject({ parent_span_id: 'b7ad6b7169203331', activity: 'inference', attempt: 1 });
  });

  it('is told once where the plugin and interceptors by hand both have it, and one that it runs itself is told too', async () => {
    const outer = attempt(false);
    const [plugin, byHand] = [outer, outer].map((context) => new OnetraceActivityInboundInterceptor(context));
    const input = { args: [], headers: HEADERS };
    await plugin?.execute(input, async (handed) => byHand?.execute(handed, () => run(() => Promise.resolve())));
    expect(collector.spans()).toHaveLength(2);
    expect(lines.map(({ message }) => message)).toEqual([
      ...['activity started', 'activity started', 'activity completed', 'activity completed'],
    ]);
  });

  it.each([
    ['completes asynchronously', new CompleteAsyncError(), false],
    ['cancelled', new CancelledFailure('stop'), true],
    ['cancelled', Object.assign(new Error('aborted'), { name: 'AbortError' }), true],
    ['failed benignly', ApplicationFailure.create({ category: ApplicationFailureCategory.BENIGN }), false],
  ])('that ends otherwise is not an error: %s', async (outcome, error, aborted) => {
    await expect(run(() => Promise.reject(error), aborted)).rejects.toBe(error);
    expect(collector.spans()[0]).toMatchObject({ status: { code: 0 }, attributes: { 'temporal.outcome': outcome } });
    expect(lines.at(-1)).toMatchObject({ level: 'INFO', extra: { outcome } });
  });

  it.each([[new Error('boom')], ['a text'], [undefined], [new CancelledFailure('of somebody else')]])(
    'that fails with %p is one, and the error passes through',
    async (error) => {
      let caught: unknown = 'nothing';
      await run(() => Promise.reject(error as Error)).catch((thrown: unknown) => (caught = thrown));
      expect(caught).toBe(error);
      expect(collector.spans()[0]).toMatchObject({ status: { code: 2 } });
      expect(lines.at(-1)).toMatchObject({ level: 'WARN', message: 'activity failed', extra: { will_retry: true } });
    },
  );

  it.each([
    [{ slowMs: 5 }, 'WARN', { slower_than_ms: 5 }],
    [{ slowMs: 60_000 }, 'INFO', undefined],
  ])('that took long says so by %j', async (activities, level, extra) => {
    const rules = { ...DEFAULT_WORK_LINES, ...activities };
    configureFlowLines({ workflows: DEFAULT_WORK_LINES, activities: rules, modelCalls: DEFAULT_WORK_LINES });
    await run(() => new Promise((resolve) => setTimeout(resolve, 10)));
    expect(lines.at(-1)).toMatchObject({ level, message: 'activity completed' });
    expect(lines.at(-1)?.['extra']).toEqual(extra);
  });

  it('begins without a line where that is switched off, but not where the flow is debugged', async () => {
    const silent = { ...DEFAULT_WORK_LINES, started: false };
    configureFlowLines({ workflows: silent, activities: silent, modelCalls: silent });
    const debug = (): Promise<void> => Promise.resolve(componentLogger().debug('a detail'));
    await run(debug);
    expect(lines.splice(0).map(({ message }) => message)).toEqual(['activity completed']);
    const carrier = { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, baggage: 'onetrace_log_level=debug' };
    await run(debug, false, { '_tracer-data': encodeTracerData(carrier) });
    expect(lines.map(({ message }) => message)).toEqual(['activity started', 'a detail', 'activity completed']);
  });
});

import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { createRootLogger, setRootLogger } from '../../logging/index.js';
import { collectSpans, type SpanCollector } from '../../testing/index.js';
import { encodeTracerData } from '../workflow/tracer-data.js';
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
afterEach(() => collector.reset());
afterAll(async () => {
  setRootLogger(before);
  await collector.stop();
});

function run(activity: () => Promise<unknown>, aborted = false): Promise<unknown> {
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
  return new OnetraceActivityInboundInterceptor({ info, cancellationSignal }).execute(
    { args: [], headers: HEADERS },
    activity,
  );
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
});

import { type Context, context, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import { type ActivityFields, extractTrace, withActivityFields, withEnclosingWork } from '../../context/index.js';
import { completion, componentLogger, LINE_MAY_WAIT, type LineFields, tellsStart } from '../../logging/index.js';
import { ATTR, MESSAGES, SPAN_NAMES } from '../../semantics/index.js';
import { getTracer, noticeOnce, recordFailure, safely } from '../../tracing/index.js';
import { type PayloadHeaders, readTracerData } from '../workflow/tracer-data.js';
import { rememberRun } from '../worker/run-traces.js';
import { activeActivity, withActivity } from './active-activity.js';
import type { ActivityContext } from './activity-context.js';
import { ActivityWork } from './activity-work.js';
import { asTemporalFailure } from './connector-failure.js';
import { willRetry } from './retry-outlook.js';

const lines = componentLogger();

/** Input of an activity as its interceptors see it. */
export interface ActivityInput {
  readonly args: unknown[];
  readonly headers: PayloadHeaders;
}

/** How an attempt ended that did not return. */
type Ending = 'failed' | 'failed benignly' | 'timed out' | 'cancelled' | 'completes asynchronously';

/** `ApplicationFailureCategory.BENIGN`. */
const BENIGN = 'BENIGN';

/**
 * The span, the lines and the context of one attempt of an activity; the trace is active while it runs. The plugin
 * brings it in; by hand it goes into `interceptors.activity` of the worker:
 * `(ctx) => ({ inbound: new OnetraceActivityInboundInterceptor(ctx) })`.
 */
export class OnetraceActivityInboundInterceptor {
  constructor(private readonly activity: ActivityContext) {}

  async execute<Input extends ActivityInput>(input: Input, next: (input: Input) => Promise<unknown>): Promise<unknown> {
    // The plugin, or the same by hand, may have this attempt in its hands already.
    if (activeActivity() === this.activity) return next(input);
    const opened = safely('temporal.activity', () => this.open(input.headers));
    if (opened === undefined) return next(input);
    const { ctx, span, line, parentSpanId, work } = opened;
    return context.with(ctx, async () => {
      const startedAt = performance.now();
      if (tellsStart('activities')) lines.info(MESSAGES.activityStarted, { ...line, parent_span_id: parentSpanId });
      try {
        const result = await next(input);
        const durationMs = elapsedMs(startedAt);
        const { level, extra } = completion('activities', durationMs);
        lines.log(level, MESSAGES.activityCompleted, {
          ...line,
          duration_ms: durationMs,
          extra,
          [LINE_MAY_WAIT]: level === 'INFO',
        });
        return result;
      } catch (error) {
        const failure = safely('temporal.failure', () => ({ told: asTemporalFailure(error, this.activity) }));
        const told = failure === undefined ? error : failure.told;
        safely('temporal.activity', () => this.fail(span, error, told, { ...line, duration_ms: elapsedMs(startedAt) }));
        throw told;
      } finally {
        safely('temporal.activity', () => {
          work.end();
          span.end();
        });
      }
    });
  }

  private open(headers: PayloadHeaders): {
    ctx: Context;
    span: Span;
    line: ActivityFields;
    parentSpanId: string | undefined;
    work: ActivityWork;
  } {
    const { info } = this.activity;
    const carrier = readTracerData(headers);
    if (carrier === undefined) noticeUnreadableHeader();
    const parent = extractTrace(carrier ?? {}, ROOT_CONTEXT);
    const span = getTracer().startSpan(
      SPAN_NAMES.runActivity(info.activityType),
      {
        kind: SpanKind.SERVER,
        attributes: {
          [ATTR.temporalActivityId]: info.activityId,
          [ATTR.temporalActivityType]: info.activityType,
          [ATTR.temporalAttempt]: info.attempt,
          [ATTR.temporalTaskQueue]: info.taskQueue,
          ...(info.workflowExecution === undefined
            ? {}
            : {
                [ATTR.temporalWorkflowId]: info.workflowExecution.workflowId,
                [ATTR.temporalRunId]: info.workflowExecution.runId,
              }),
          ...(info.workflowType === undefined ? {} : { [ATTR.temporalWorkflowType]: info.workflowType }),
        },
      },
      parent,
    );
    const { traceId } = span.spanContext();
    if (info.workflowExecution !== undefined) {
      const { workflowId, runId } = info.workflowExecution;
      rememberRun(runId, { trace_id: traceId, workflow_id: workflowId });
    }
    const line = this.line();
    const work = new ActivityWork(this.activity);
    const known = withActivityFields(withActivity(trace.setSpan(parent, span), this.activity), line);
    return {
      ctx: withEnclosingWork(known, work),
      work,
      span,
      line,
      parentSpanId: trace.getSpanContext(parent)?.spanId,
    };
  }

  private line(): ActivityFields {
    const { info } = this.activity;
    return {
      workflow_id: info.workflowExecution?.workflowId,
      run_id: info.workflowExecution?.runId,
      activity: info.activityType,
      attempt: info.attempt,
    };
  }

  /** @param told what Temporal gets to know of the error. */
  private fail(span: Span, error: unknown, told: unknown, line: LineFields): void {
    const ending = this.endingOf(told);
    if (ending === 'cancelled' || ending === 'completes asynchronously') {
      span.setAttribute(ATTR.temporalOutcome, ending);
      lines.info(MESSAGES.activityCompleted, { ...line, extra: { outcome: ending } });
      return;
    }
    if (ending === 'failed benignly') {
      span.setAttribute(ATTR.temporalOutcome, ending);
      lines.info(MESSAGES.activityFailed, { ...line, error, extra: { outcome: ending } });
      return;
    }
    if (ending === 'timed out') {
      const timeout = timeoutOf(error);
      recordFailure(span, timeout);
      span.setAttribute(ATTR.temporalOutcome, ending);
      lines.warn(MESSAGES.activityFailed, { ...line, error: timeout, extra: { outcome: ending } });
      return;
    }
    recordFailure(span, error);
    const retried = willRetry(this.activity.info, told, Date.now());
    lines.log(retried ? 'WARN' : 'ERROR', MESSAGES.activityFailed, {
      ...line,
      error,
      extra: { will_retry: retried },
    });
  }

  // By name, not by class: the classes are those of whichever copy of the SDK the application loaded.
  private endingOf(error: unknown): Ending {
    const { name, category } = (typeof error === 'object' && error !== null ? error : {}) as Record<
      'name' | 'category',
      unknown
    >;
    if (name === 'CompleteAsyncError') return 'completes asynchronously';
    const cancelled = name === 'CancelledFailure' || name === 'AbortError';
    const signal = this.activity.cancellationSignal;
    if (cancelled && signal.aborted) return isTimeout(signal.reason) ? 'timed out' : 'cancelled';
    return name === 'ApplicationFailure' && category === BENIGN ? 'failed benignly' : 'failed';
  }
}

/** Says once that somebody's trace headers cannot be read. */
export function noticeUnreadableHeader(): void {
  noticeOnce(
    'temporal-unreadable-header',
    'a Temporal call came with a trace header that cannot be read and is ignored; is the caller running its payload ' +
      'codec over headers?',
  );
}

/** The SDK cancels an activity that it sees run out of time, and gives its word for that as the reason. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.message === 'TIMED_OUT';
}

/** What the activity throws then ("The operation was aborted") does not say why. */
function timeoutOf(error: unknown): Error {
  const timeout = new Error('the attempt ran out of time', { cause: error });
  timeout.name = 'TimeoutFailure';
  return timeout;
}

function elapsedMs(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 1000) / 1000;
}

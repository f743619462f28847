import { completion } from '../../logging/index.js';
import { ATTR, MESSAGES, SPAN_NAMES } from '../../semantics/index.js';
import type { WorkflowEnd, WorkflowRunTrace, WorkflowSpan } from '../workflow/workflow-events.js';
import { describeFailure, isBenign } from './workflow-failure.js';
import type { SinkWorkflowInfo } from './sink-workflow-info.js';
import type { ToldLine } from './workflow-lines.js';

/** What is told of a moment in the life of a run. */
export interface Told {
  readonly span?: WorkflowSpan;
  readonly line: ToldLine;
}

/** The beginning of a run: its span is a moment, unless it is to be exported whole. */
export function beginningOf(info: SinkWorkflowInfo, run: WorkflowRunTrace): Told {
  const { spanId, parentSpanId } = run;
  const { workflowType, taskQueue } = info;
  return {
    ...(run.whole ? {} : { span: runSpan(info, run) }),
    line: {
      level: 'INFO',
      message: MESSAGES.workflowStarted,
      spanId,
      parentSpanId,
      extra: { workflow_type: workflowType, task_queue: taskQueue },
    },
  };
}

/** The end of a run: of its own span, or a span of its own. */
export function endOf(info: SinkWorkflowInfo, run: WorkflowRunTrace, end: WorkflowEnd): Told {
  const { spanId, timeMs, events } = end;
  const failure = end.outcome === 'failed' ? (end.failure ?? {}) : undefined;
  const outcome = failure !== undefined && isBenign(failure) ? 'failed benignly' : end.outcome;
  const error = failure === undefined ? undefined : describeFailure(failure);
  const durationMs = Math.max(0, timeMs - info.startTime.getTime());
  const { level, extra } =
    failure === undefined
      ? completion('workflows', durationMs)
      : { level: outcome === 'failed' ? ('ERROR' as const) : ('INFO' as const), extra: {} };
  return {
    span: {
      ...(run.whole
        ? { ...runSpan(info, run), endTimeMs: timeMs }
        : {
            spanId,
            parentSpanId: run.spanId,
            name: SPAN_NAMES.completeWorkflow(info.workflowType),
            kind: 'internal',
            timeMs,
          }),
      attributes: { [ATTR.temporalOutcome]: outcome },
      events,
      error: outcome === 'failed' ? error : undefined,
    },
    line: {
      level,
      message: failure === undefined ? MESSAGES.workflowCompleted : MESSAGES.workflowFailed,
      spanId,
      parentSpanId: run.whole ? undefined : run.spanId,
      durationMs,
      error,
      extra: {
        workflow_type: info.workflowType,
        ...(outcome === 'completed' || outcome === 'failed' ? {} : { outcome }),
        ...extra,
      },
    },
  };
}

function runSpan({ workflowType }: SinkWorkflowInfo, run: WorkflowRunTrace): WorkflowSpan {
  return {
    spanId: run.spanId,
    parentSpanId: run.parentSpanId,
    name: SPAN_NAMES.runWorkflow(workflowType),
    kind: 'server',
    timeMs: run.startMs,
    link: run.creator,
  };
}

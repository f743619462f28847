import { DEBUGGED } from '../../context/index.js';
import { componentLogger, LINE_MAY_WAIT, tellsStart, type WorkKind } from '../../logging/index.js';
import { BAGGAGE_KEYS, type LogLevel, MESSAGES } from '../../semantics/index.js';
import type { WorkflowError, WorkflowRunTrace } from '../workflow/workflow-events.js';
import type { SinkWorkflowInfo } from './sink-workflow-info.js';

const lines = componentLogger();

/** A line that tells of a workflow. */
export interface ToldLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly activity?: string;
  readonly durationMs?: number;
  readonly error?: WorkflowError | undefined;
  readonly extra: Readonly<Record<string, string | number>>;
}

/** The run that lines tell of. */
export interface ToldRun {
  readonly run: WorkflowRunTrace;
  /** Who asked for it, as fields. */
  readonly identity: Readonly<Record<string, string>>;
}

/** Lines of workflow code that tell of a beginning, and of what. */
const STARTS: Readonly<Record<string, WorkKind | undefined>> = {
  [MESSAGES.workflowStarted]: 'workflows',
  [MESSAGES.childWorkflowRequested]: 'workflows',
  [MESSAGES.nextRunRequested]: 'workflows',
  [MESSAGES.activityRequested]: 'activities',
  [MESSAGES.nexusOperationRequested]: 'activities',
  [MESSAGES.workflowSpanStarted]: 'workflows',
};

/** Who asked for a run, as fields of its lines. */
export function identityOf({ fields }: WorkflowRunTrace): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== BAGGAGE_KEYS.logLevel));
}

/** Writes a line, unless it is of a kind that is switched off and the flow is not debugged. */
export function writeLine(info: SinkWorkflowInfo, { run, identity }: ToldRun, line: ToldLine): void {
  const start = STARTS[line.message];
  if (start !== undefined && !tellsStart(start, run.fields[BAGGAGE_KEYS.logLevel] === DEBUGGED)) return;
  lines.log(line.level, line.message, {
    ...identity,
    trace_id: run.traceId,
    span_id: line.spanId,
    parent_span_id: line.parentSpanId,
    workflow_id: info.workflowId,
    run_id: info.runId,
    activity: line.activity,
    duration_ms: line.durationMs,
    error: line.error,
    extra: line.extra,
    // An activation tells several at a time. They are out before the server can know of it: should the process die first,
    // another worker carries the task out once more and tells them.
    [LINE_MAY_WAIT]: line.level === 'INFO',
  });
}

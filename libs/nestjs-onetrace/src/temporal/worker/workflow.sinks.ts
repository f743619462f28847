import { exportFinishedSpan, safely } from '../../tracing/index.js';
import { noticeUnreadableHeader } from '../activity/activity-inbound.interceptor.js';
import type { WorkflowEvents, WorkflowSpan } from '../workflow/workflow-events.js';
import { finishedSpan } from './finished-workflow-span.js';
import { beginningOf, endOf } from './run-story.js';
import { rememberRun } from './run-traces.js';
import type { SinkWorkflowInfo } from './sink-workflow-info.js';
import { isNews } from './told-once.js';
import { identityOf, type ToldLine, writeLine } from './workflow-lines.js';

/** The sinks that take spans and lines out of workflow code. */
// A type, not an interface: only a type is assignable to the SDK's index signature.
export type InjectedOnetraceSinks = {
  onetrace: {
    record: {
      fn(info: SinkWorkflowInfo, events: WorkflowEvents): void;
      callDuringReplay: false;
    };
  };
};

/**
 * Sinks for `WorkerOptions.sinks`; the plugin registers them itself. They are never called on replay, and what fails
 * inside is swallowed.
 */
export function onetraceSinks(): InjectedOnetraceSinks {
  return {
    onetrace: {
      record: {
        fn: (info, events) => void safely('temporal.sink', () => record(info, events)),
        callDuringReplay: false,
      },
    },
  };
}

function record(info: SinkWorkflowInfo, { run, begins, spans, lines, end }: WorkflowEvents): void {
  const told = { run, identity: identityOf(run) };
  rememberRun(info.runId, { trace_id: run.traceId, workflow_id: info.workflowId, ...told.identity });
  if (run.unreadableHeader) noticeUnreadableHeader();
  const exportSpan = (span: WorkflowSpan): void => exportFinishedSpan(finishedSpan(info, run, span));
  const exportNews = (span: WorkflowSpan): void => {
    if (span.spanId === undefined || isNews(span.spanId)) exportSpan(span);
  };
  const writeNews = (line: ToldLine): void => {
    if (isNews(`${line.spanId} ${line.message}`)) writeLine(info, told, line);
  };
  if (begins) {
    const { span, line } = beginningOf(info, run);
    if (run.sampled && span !== undefined) exportNews(span);
    writeNews(line);
  }
  for (const span of spans) exportNews(span);
  for (const line of lines) writeNews({ level: 'INFO', ...line });
  if (end !== undefined) {
    // Also the second time: then the first was refused by the server.
    const { span, line } = endOf(info, run, end);
    if (run.sampled && span !== undefined) exportSpan(span);
    writeLine(info, told, line);
  }
}

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  configureFlowLines,
  createRootLogger,
  DEFAULT_WORK_LINES,
  setRootLogger,
  type WorkLineRules,
} from '../../logging/index.js';
import { takeLineMayWait } from '../../logging/line-urgency.js';
import { MESSAGES } from '../../semantics/index.js';
import type { WorkflowEnd, WorkflowEvents, WorkflowRunTrace } from '../workflow/workflow-events.js';
import { RuntimeLogger } from './runtime.logger.js';
import { onetraceSinks } from './workflow.sinks.js';

type Line = Record<string, unknown>;

const INFO = {
  workflowId: 'w',
  runId: 'r',
  workflowType: 'embed',
  taskQueue: 'q',
  namespace: 'default',
  startTime: new Date(0),
};
let lines: Line[];
let waited: boolean[];
let before: ReturnType<typeof setRootLogger>;
let spanIds = 0;
beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());
beforeEach(() => {
  lines = [];
  waited = [];
  const destination = {
    write: (text: string) => {
      lines.push(JSON.parse(text) as Line);
      waited.push(takeLineMayWait());
    },
  };
  before = setRootLogger(createRootLogger({ component: 'worker', level: 'info', destination }));
});
afterEach(() => {
  setRootLogger(before);
  configureFlowLines(undefined);
});

const rules = (workflows: Partial<WorkLineRules>, activities: Partial<WorkLineRules> = {}): void =>
  configureFlowLines({
    workflows: { ...DEFAULT_WORK_LINES, ...workflows },
    activities: { ...DEFAULT_WORK_LINES, ...activities },
    modelCalls: DEFAULT_WORK_LINES,
  });

const RUN: WorkflowRunTrace = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  sampled: false,
  tracestate: undefined,
  spanId: 'b7ad6b7169203331',
  parentSpanId: undefined,
  creator: undefined,
  startMs: 0,
  whole: false,
  fields: {},
  unreadableHeader: false,
};

const tell = (events: Partial<WorkflowEvents>): void =>
  onetraceSinks().onetrace.record.fn(INFO, {
    ...{ run: RUN, begins: false, spans: [], lines: [], end: undefined },
    ...events,
  });

function record(messages: string[], debugged = false): void {
  const lines = messages.map((message) => ({
    message,
    spanId: `s${(spanIds += 1)}`,
    parentSpanId: RUN.spanId,
    extra: { span_name: message },
  }));
  tell({ run: debugged ? { ...RUN, fields: { onetrace_log_level: 'debug' } } : RUN, lines });
}

const end = (outcome: WorkflowEnd['outcome'], timeMs = 0): void =>
  tell({ end: { outcome, timeMs, spanId: 'end', events: [] } });

const START = [MESSAGES.nextRunRequested, MESSAGES.activityRequested, MESSAGES.childWorkflowRequested];
const messages = () => lines.map((line) => line['message']);

it('tells of beginnings in workflow code unless that is switched off', () => {
  record(START);
  rules({ started: false });
  record(START);
  rules({}, { started: false });
  record(START);
  expect(messages()).toEqual([
    'next workflow run requested',
    'activity requested',
    'child workflow requested',
    'activity requested',
    'next workflow run requested',
    'child workflow requested',
  ]);
});

it('tells of them in any case where the flow is debugged', () => {
  rules({ started: false }, { started: false });
  record(START, true);
  expect(messages()).toHaveLength(3);
});

it('warns of a workflow that took too long, and of no other', () => {
  rules({ slowMs: 1000 });
  end('completed', 999);
  end('completed', 1000);
  end('failed', 5000);
  expect(lines).toMatchObject([
    { level: 'INFO', extra: { workflow_type: 'embed' } },
    { level: 'WARN', extra: { workflow_type: 'embed', slower_than_ms: 1000 } },
    { level: 'ERROR' },
  ]);
});

it('writes the debug lines of workflow code where the flow is debugged', () => {
  const logger = new RuntimeLogger();
  logger.debug('not asked for', { workflowId: 'w' });
  logger.debug('asked for', { workflowId: 'w', onetrace_log_level: 'debug' });
  logger.info('said anyway', { workflowId: 'w', onetrace_log_level: 'debug' });
  expect(messages()).toEqual(['asked for', 'said anyway']);
  for (const line of lines) expect(line).not.toHaveProperty('extra');
});

it('lets what goes well wait for the next line of the turn, and no failure', () => {
  record(START);
  end('failed');
  expect(waited).toEqual([true, true, true, false]);
});

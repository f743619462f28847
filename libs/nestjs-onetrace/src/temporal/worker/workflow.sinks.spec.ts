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
import type { WorkflowLine } from '../workflow/workflow-events.js';
import { RuntimeLogger } from './runtime.logger.js';
import { onetraceSinks } from './workflow.sinks.js';

type Line = Record<string, unknown>;

const INFO = { workflowId: 'w', runId: 'r', workflowType: 'embed', taskQueue: 'q', namespace: 'default' };
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

function record(said: Partial<WorkflowLine>[], debugged = false): void {
  const events = said.map((line) => ({ level: 'INFO' as const, message: '', spanId: `s${(spanIds += 1)}`, ...line }));
  const told = { traceId: '0af7651916cd43dd8448eb211c80319c', identity: {}, spans: [], unreadableHeader: false };
  onetraceSinks().onetrace.record.fn(INFO, { ...told, debugged, lines: events });
}

const START = [
  { message: MESSAGES.workflowStarted },
  { message: MESSAGES.activityRequested },
  { message: MESSAGES.childWorkflowRequested },
];
const messages = () => lines.map((line) => line['message']);

it('tells of beginnings in workflow code unless that is switched off', () => {
  record(START);
  rules({ started: false });
  record(START);
  rules({}, { started: false });
  record(START);
  expect(messages()).toEqual([
    'workflow started',
    'activity requested',
    'child workflow requested',
    'activity requested',
    'workflow started',
    'child workflow requested',
  ]);
});

it('tells of them in any case where the flow is debugged', () => {
  rules({ started: false }, { started: false });
  record(START, true);
  expect(messages()).toHaveLength(3);
});

it('warns of a workflow that took too long, and of no other', () => {
  const end = { message: MESSAGES.workflowCompleted, last: true as const, extra: { workflow_type: 'embed' } };
  rules({ slowMs: 1000 });
  record([{ ...end, durationMs: 999 }]);
  record([{ ...end, durationMs: 1000 }]);
  record([{ ...end, message: MESSAGES.workflowFailed, level: 'ERROR', durationMs: 5000 }]);
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
  record([...START, { message: MESSAGES.workflowFailed, level: 'ERROR' }]);
  expect(waited).toEqual([true, true, true, false]);
});

import { describe, expect, it } from '@jest/globals';
import { makeLine, makeSpan, RUN_ID, spanId, WORKFLOW_ID } from '../telemetry/chain.fixture.js';
import { assemble, rowOf } from './assembled-flow.fixture.js';

const ids = { workflowId: WORKFLOW_ID, runId: RUN_ID };
const attributes = { temporalWorkflowID: WORKFLOW_ID, temporalRunID: RUN_ID };
const request = makeSpan({ id: 1, name: 'request', component: 'gateway', from: 0, to: 500 });
const started = makeLine(10, 'worker', 'workflow started', 2, {
  ...ids,
  parentSpanId: spanId(1),
  extra: { workflow_type: 'embed' },
});
const requested = makeLine(11, 'worker', 'activity requested', 3, {
  ...ids,
  parentSpanId: spanId(2),
  activity: 'inference',
  extra: { span_name: 'StartActivity:inference' },
});
const attempt = makeSpan({ id: 4, parent: 3, name: 'RunActivity:inference', component: 'worker', from: 300, to: 400 });
const complete = { id: 5, parent: 2, name: 'CompleteWorkflow:embed', component: 'worker' };

describe('a workflow whose first worker died before it could export', () => {
  it('ends where another worker ended it, and what it had asked for is no open step', () => {
    const flow = assemble({
      spans: [request, attempt, makeSpan({ ...complete, from: 450, to: 450, attributes })],
      lines: [started, requested],
    });
    expect(flow.outcome.kind).toBe('ok');
    expect(flow.complete).toBe(true);
    expect(rowOf(flow, 'RunWorkflow:embed')).toMatchObject({ open: false, durationMs: 440 });
    expect(rowOf(flow, 'StartActivity:inference')).toMatchObject({ open: false, durationMs: 389 });
  });

  it.each([
    ['workflow completed', 'ok', {}],
    ['workflow failed', 'failed', { level: 'ERROR', error: { type: 'TypeError', message: 'no such model' } }],
  ] as const)('ends with the line "%s" where that span is lost too', (message, kind, told) => {
    const end = makeLine(450, 'worker', message, 5, {
      ...ids,
      ...told,
      parentSpanId: spanId(2),
      durationMs: 440,
      extra: { workflow_type: 'embed' },
    });
    const flow = assemble({ spans: [request, attempt], lines: [started, requested, end] });
    expect(flow.outcome.kind).toBe(kind);
    expect(rowOf(flow, 'RunWorkflow:embed')).toMatchObject({ open: false, durationMs: 440, failed: kind === 'failed' });
    expect(flow.danglingParents).toEqual([]);
  });
});

describe('a workflow that was reset', () => {
  it('ends as its last run did, whose ID is another one', () => {
    const run = makeSpan({
      id: 2,
      parent: 1,
      name: 'RunWorkflow:embed',
      component: 'worker',
      from: 10,
      to: 10,
      attributes,
    });
    const undone = makeSpan({ ...complete, from: 200, to: 200, attributes, error: 'no such model' });
    const again = { ...attributes, temporalRunID: 'another' };
    const flow = assemble({
      spans: [request, run, undone, makeSpan({ ...complete, id: 6, from: 450, to: 450, attributes: again })],
      lines: [],
    });
    expect(flow.outcome.kind).toBe('ok');
    expect(rowOf(flow, 'RunWorkflow:embed')).toMatchObject({ durationMs: 440, failed: false });
    expect(rowOf(flow, 'CompleteWorkflow:embed')).toMatchObject({ failed: true });
  });
});

describe('a workflow whose run is one span, exported at its end', () => {
  const run = { name: 'RunWorkflow:embed', component: 'worker', kind: 'server' } as const;
  const outcome = (of: string) => ({ ...attributes, 'temporal.outcome': of });

  it.each(['completed', 'continued as new', 'cancelled'])('has ended when it was %s in the task it began in', (how) => {
    // By the clock of workflow code, which stands still within a task, it took no time at all.
    const child = makeSpan({ id: 3, parent: 2, ...run, name: 'RunWorkflow:child', from: 20, to: 20 });
    const flow = assemble({
      spans: [
        request,
        makeSpan({ id: 2, parent: 1, ...run, from: 10, to: 450, attributes: outcome('completed') }),
        { ...child, attributes: { ...outcome(how), temporalWorkflowID: 'child', temporalRunID: 'of-child' } },
      ],
      lines: [],
    });
    expect(rowOf(flow, 'RunWorkflow:child')).toMatchObject({ open: false, durationMs: 0, failed: false });
    expect(flow.outcome.kind).toBe('ok');
    expect(flow.complete).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ScheduleHandle, ScheduleOptionsStartWorkflowAction, WorkflowExecutionInfo } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { type Stage, startStage, until } from './temporal.harness.ts';
import { expectWhole } from './whole-trace.ts';
import type { Line } from './worker.process.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

/** Creates a schedule that does nothing by itself before next year, in a request; gives the trace of that. */
async function create(scheduleId: string, action: Partial<ScheduleOptionsStartWorkflowAction<Workflow>> = {}) {
  const { traceId, result: handle } = await stage.inTrace(() =>
    stage.client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: '1h' }], startAt: new Date('2020-01-01'), endAt: new Date('2020-12-31') },
      action: { type: 'startWorkflow', workflowType: 'child', taskQueue: 'cached', args: ['x'], ...action },
    }),
  );
  const [created] = (await stage.trace(traceId, `CreateSchedule:${scheduleId}`)).filter(
    ({ kind }) => kind === 'client',
  );
  return { handle, traceId, created };
}

/** The lines by which the workers tell that runs of the schedule have begun, once there are that many. */
async function runs(scheduleId: string, count: number): Promise<Line[]> {
  const told = until(`${count} runs of ${scheduleId}`, () => {
    const started = stage.worker.lines.filter(
      (line) =>
        line.message === 'workflow started' &&
        String(line['workflow_id']).startsWith(`${scheduleId}-workflow`) &&
        !String(line['workflow_id']).endsWith('child'),
    );
    return started.length >= count ? started : undefined;
  });
  return told.catch(async (error: Error) => {
    throw new Error(`${error.message}; the server says ${await serverSays(scheduleId)}`, { cause: error });
  });
}

/** Which runs the server has started, and whether a worker has taken them: whether it is late, or a line is missing. */
async function serverSays(scheduleId: string): Promise<string> {
  const { info } = await stage.untracedClient.schedule.getHandle(scheduleId).describe();
  const histories: unknown[] = [];
  for (const { action } of info.recentActions) {
    const { workflowId } = action.workflow;
    const { events } = await stage.untracedClient.workflow.getHandle(workflowId).fetchHistory();
    histories.push({ workflowId, events: events?.map(({ eventType }) => eventType) });
  }
  return JSON.stringify({ actions: info.numActionsTaken, running: info.runningActions, histories });
}

async function traceOf(line: Line, type = 'child'): Promise<Span[]> {
  return stage.trace(String(line['trace_id']), `CompleteWorkflow:${type}`);
}

function linksOf(spans: Span[], name: string): string[] {
  return spans.filter((span) => span.name === name).flatMap(({ links }) => links.map(({ spanId }) => spanId));
}

const hours = (from: number, to: number) => ({
  start: new Date(Date.UTC(2020, 5, 1, from) - 1),
  end: new Date(Date.UTC(2020, 5, 1, to) + 1),
  overlap: 'ALLOW_ALL' as const,
});

describe.each([
  ['cached', 'pipeline'],
  ['cacheless', 'child'],
])('a schedule whose workflows run on a %s worker', (taskQueue, workflowType) => {
  const scheduleId = `nightly-${taskQueue}`;
  let handle: ScheduleHandle;
  let traceId: string;
  let created: Span | undefined;
  let started: Line[];

  beforeAll(async () => {
    ({ handle, traceId, created } = await create(scheduleId, { workflowType, taskQueue }));
    await handle.backfill(hours(1, 1));
    // What the server is asked before it has looked at what it was asked last takes the place of that.
    await runs(scheduleId, 1);
    // Skipped by default while another run goes on.
    await handle.trigger('ALLOW_ALL');
    started = await runs(scheduleId, 2);
  });

  it('shows its creation in the trace of who created it', () => {
    expect(created).toMatchObject({
      kind: 'client',
      attributes: {
        'temporal.schedule_id': scheduleId,
        'temporal.workflow_type': workflowType,
        'temporal.task_queue': taskQueue,
      },
    });
  });

  it('gives every run, backfilled or triggered, a whole trace of its own, linked to the creation', async () => {
    const traceIds = started.map((line) => String(line['trace_id']));
    expect(new Set([...traceIds, traceId]).size).toBe(3);
    for (const line of started) {
      const spans = await traceOf(line, workflowType);
      expectWhole(spans, `RunWorkflow:${workflowType}`);
      expect(spans.filter(({ links }) => links.length > 0)).toMatchObject([
        { name: `RunWorkflow:${workflowType}`, links: [{ traceId, spanId: created?.spanId }] },
      ]);
      expect(spans.map(({ name }) => name)).toContain('RunActivity:postprocess');
    }
  });

  it("has runs that are found by Temporal's own attribute, and that carry nobody's trace ID", async () => {
    const found = await until('visibility', async () => {
      const list: WorkflowExecutionInfo[] = [];
      const query = `TemporalScheduledById = '${scheduleId}'`;
      for await (const run of stage.untracedClient.workflow.list({ query })) list.push(run);
      return list.length === started.length ? list : undefined;
    });
    const ids = (runs: unknown[]) => runs.map(String).sort();
    expect(ids(found.map(({ workflowId }) => workflowId))).toEqual(ids(started.map((line) => line['workflow_id'])));
    for (const { typedSearchAttributes } of found)
      expect(typedSearchAttributes.getAll().map(({ key }) => key.name)).not.toContain('TraceId');
  });

  it('lets the identity of the creator travel to every run, its activities and its child', async () => {
    for (const line of started) {
      await traceOf(line, workflowType);
      const lines = stage.lines(String(line['trace_id']));
      expect(lines.map(({ message }) => message)).toEqual(
        expect.arrayContaining(['activity completed', 'workflow completed']),
      );
      for (const one of lines) expect(one).toMatchObject({ client_id: 'dept-a', pipeline_id: 'text-embedding' });
    }
  });

  it('derives the same span IDs when a run is replayed, and replays without tracing', async () => {
    const workflowId = String(started[0]?.['workflow_id']);
    const spans = await traceOf(started[0] as Line, workflowType);
    const replayed = (await stage.worker.tell({ do: 'replay', workflowId, traced: true })) as string[];
    const exported = spans.filter(
      ({ name, attributes }) => attributes['temporalWorkflowID'] === workflowId && !name.startsWith('RunActivity'),
    );
    expect([...replayed].sort()).toEqual(exported.map(({ spanId }) => spanId).sort());
    await expect(stage.worker.tell({ do: 'replay', workflowId, traced: false })).resolves.toEqual([]);
  });
});

describe('a schedule that is changed', () => {
  it('keeps the link when its action is updated through the SDK, and is paused and resumed', async () => {
    const { handle, created } = await create('updated');
    await handle.update(({ spec, action }) => ({ spec, action: { ...action, args: ['y'] }, state: {} }));
    await handle.pause();
    await handle.unpause();
    // Skipped by default while another run goes on.
    await handle.trigger('ALLOW_ALL');
    const [line] = await runs('updated', 1);
    expect(linksOf(await traceOf(line as Line), 'RunWorkflow:child')).toEqual([created?.spanId]);
    await handle.delete();
  });

  it('loses link and identity when something else replaces its action without the headers, and still runs', async () => {
    const { handle } = await create('replaced');
    const { schedule } = (await handle.describe()).raw;
    const startWorkflow = { ...schedule?.action?.startWorkflow, header: null };
    await stage.connection.workflowService.updateSchedule({
      namespace: 'default',
      scheduleId: 'replaced',
      requestId: 'replaced',
      schedule: { ...schedule, action: { startWorkflow } },
    });
    // Skipped by default while another run goes on.
    await handle.trigger('ALLOW_ALL');
    const [line] = await runs('replaced', 1);
    const spans = await traceOf(line as Line);
    expectWhole(spans, 'RunWorkflow:child');
    expect(linksOf(spans, 'RunWorkflow:child')).toEqual([]);
    expect(line).not.toHaveProperty('client_id');
  });
});

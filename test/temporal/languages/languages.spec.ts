import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { encodeTracerData, readTracerData } from '../../../libs/nestjs-onetrace/src/temporal/workflow/tracer-data.ts';
import type { Span } from '../../../libs/onetrace/src/telemetry/span.ts';
import { type Language, LANGUAGES } from '../../../tools/setup/language-workers.ts';
import { type Stage, startStage, until } from '../temporal.harness.ts';
import { expectWhole } from '../whole-trace.ts';
import { RELAY, TOUR } from './expected-trees.ts';
import { type ForeignProcess, startForeignProcess } from './foreign.process.ts';
import { spanTree } from './span-tree.ts';

// Time for a set-up on a fresh machine: what is built for Go takes minutes.
jest.setTimeout(600_000);

const BAGGAGE = 'client_id=dept-a,pipeline_id=text-embedding';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.worker.tell({ do: 'work', taskQueue: 'cached', traced: true, fromPath: true });
  await stage.worker.tell({ do: 'work', taskQueue: 'cacheless', traced: true, maxCachedWorkflows: 0 });
});
afterAll(() => stage?.stop());

/** The spans of a trace, once there are as many as its expected tree has lines. */
async function spansLike(tree: string, traceId: string): Promise<Span[]> {
  const count = tree.split('\n').length;
  await stage.trace(traceId, 'request');
  return until(`${count} spans`, () => {
    const spans = stage.spans(traceId);
    return spans.length >= count ? spans : undefined;
  }).catch(() => stage.spans(traceId));
}

/** Begins `relay` from here, with a signal, a query and an update. */
async function relay(language: Language, workflowId: string, there: string): Promise<unknown> {
  const handle = await stage.client.workflow.start('relay', { taskQueue: language, workflowId, args: [there] });
  await handle.signal('say', 'hello');
  await handle.query('said');
  await handle.executeUpdate('propose', { args: ['more'] });
  return handle.result() as Promise<unknown>;
}

/** The payloads under `_tracer-data` in a workflow's history, as the server keeps them, by what was asked for. */
async function recordedHeaders(workflowId: string): Promise<Map<string, Payload>> {
  const { events } = await stage.untracedClient.workflow.getHandle(workflowId).fetchHistory();
  const headers = new Map<string, Payload>();
  for (const event of events ?? []) {
    const { workflowExecutionStartedEventAttributes: started, activityTaskScheduledEventAttributes: activity } = event;
    const { startChildWorkflowExecutionInitiatedEventAttributes: child } = event;
    const asked = started?.workflowType?.name ?? activity?.activityType?.name ?? child?.workflowType?.name;
    const payload = (started ?? activity ?? child)?.header?.fields?.['_tracer-data'];
    if (asked && payload) headers.set(asked, payload);
  }
  return headers;
}

describe.each(LANGUAGES)('beside a worker and a client in %s', (language) => {
  let other: ForeignProcess;
  beforeAll(async () => {
    other = await startForeignProcess(language, {
      TEMPORAL_ADDRESS: stage.temporal.address,
      OTLP_URL: stage.otlpUrl,
    });
  });
  afterAll(() => other?.stop());

  it.each(['cached', 'cacheless'])(
    'our client, its workflow and our %s worker make one trace, every span under the right parent',
    async (taskQueue) => {
      const workflowId = `relay-${language}-${taskQueue}`;
      const { traceId } = await stage.inTrace(() => relay(language, workflowId, taskQueue));
      const spans = await spansLike(RELAY[language], traceId);
      expectWhole(spans);
      expect(spanTree(spans)).toBe(RELAY[language]);
    },
  );

  it.each(['cached', 'cacheless'])(
    'its client, our workflow on a %s worker and its activities and children make one trace, every span under the right parent',
    async (taskQueue) => {
      const workflowId = `tour-${language}-${taskQueue}`;
      const { traceId } = await other.begin({ taskQueue, workflowId, baggage: '', tracestate: '', sampled: true });
      const spans = await spansLike(TOUR[language], traceId);
      expectWhole(spans);
      expect(spanTree(spans)).toBe(TOUR[language]);
      await stage.worker.tell({ do: 'replay', workflowId, traced: true });
      await stage.worker.tell({ do: 'replay', workflowId, traced: false });
    },
  );

  it('tracestate and baggage go through its workflow to our side, and who asked stands in our lines', async () => {
    const workflowId = `carried-there-${language}`;
    const { traceId, result } = await stage.inTrace(() => relay(language, workflowId, 'cached'), {
      tracestate: 'rojo=1',
    });
    expect(result).toMatchObject({ traceparent: expect.stringContaining(traceId), tracestate: 'rojo=1' });
    const headers = await recordedHeaders(workflowId);
    for (const asked of ['relay', 'measure', 'preprocess', 'child', 'conversation']) {
      const carrier = readTracerData({ '_tracer-data': headers.get(asked) ?? {} });
      expect(carrier).toMatchObject({ traceparent: expect.stringContaining(traceId), tracestate: 'rojo=1' });
      expect(carrier?.['baggage']?.split(',').sort().join()).toBe(BAGGAGE);
    }
    const ran = stage.lines(traceId).filter(({ message }) => message === 'activity completed');
    expect(ran).toHaveLength(3);
    for (const line of ran) expect(line).toMatchObject({ client_id: 'dept-a', pipeline_id: 'text-embedding' });
  });

  it('tracestate and baggage of its client go through our workflow to its activities and children', async () => {
    const { traceId, result } = await other.begin({
      taskQueue: 'cacheless',
      workflowId: `carried-here-${language}`,
      baggage: BAGGAGE,
      tracestate: 'rojo=1',
      sampled: true,
    });
    const context = {
      traceparent: expect.stringContaining(traceId),
      tracestate: 'rojo=1',
      baggage: expect.stringContaining('client_id=dept-a'),
    };
    expect(result).toMatchObject({ activity: context, child: context });
    expect(stage.lines(traceId).find(({ message }) => message === 'workflow completed')).toMatchObject({
      client_id: 'dept-a',
      pipeline_id: 'text-embedding',
    });
  });

  it('an unsampled trace has the same ID on both sides, and no spans', async () => {
    const there = await stage.inTrace(() => relay(language, `unsampled-there-${language}`, 'cached'), {
      sampled: false,
    });
    expect(there.result).toMatchObject({ traceparent: expect.stringMatching(unsampled(there.traceId)) });
    const here = await other.begin({
      taskQueue: 'cached',
      workflowId: `unsampled-here-${language}`,
      baggage: '',
      tracestate: '',
      sampled: false,
    });
    const context = { traceparent: expect.stringMatching(unsampled(here.traceId)) };
    expect(here.result).toMatchObject({ activity: context, child: context });
    for (const { traceId } of [there, here]) {
      expect(stage.lines(traceId).map(({ message }) => message)).toContain('activity completed');
    }
    // A later trace has arrived completely, so that these would have too.
    const later = await stage.inTrace(() => relay(language, `sampled-${language}`, 'cached'));
    await spansLike(RELAY[language], later.traceId);
    expect([...stage.spans(there.traceId), ...stage.spans(here.traceId)]).toEqual([]);
  });

  it('its headers are byte for byte what we would write', async () => {
    const workflowId = `bytes-${language}`;
    await other.begin({
      taskQueue: 'cached',
      workflowId,
      baggage: 'client_id=dept-a',
      tracestate: 'rojo=1',
      sampled: true,
    });
    const written = (await recordedHeaders(workflowId)).get('tour') ?? {};
    const carrier = readTracerData({ '_tracer-data': written }) ?? {};
    const { traceparent = '', tracestate = '', baggage = '' } = carrier;
    expect([tracestate, baggage]).toEqual(['rojo=1', 'client_id=dept-a']);
    expect(plain(written)).toEqual(plain(encodeTracerData({ traceparent, tracestate, baggage })));
  });
});

function unsampled(traceId: string): RegExp {
  return new RegExp(`^00-${traceId}-[0-9a-f]{16}-0[02]$`);
}

function plain({ metadata, data }: Payload): { metadata: Record<string, string>; data: string } {
  const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, text(value)])),
    data: text(data),
  };
}

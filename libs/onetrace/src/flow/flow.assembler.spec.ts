import { describe, expect, it } from '@jest/globals';
import * as chain from '../telemetry/chain.fixture.js';
import { makeLine, spanId, T0 } from '../telemetry/chain.fixture.js';
import { assemble, namesOf, rowOf } from './assembled-flow.fixture.js';

describe('a flow that went well', () => {
  const flow = assemble(chain.success());

  it('is whole: one root, no dangling parent, nothing twice', () => {
    expect(flow).toMatchObject({
      roots: [spanId(1)],
      danglingParents: [],
      complete: true,
      duplicates: { spans: [], lines: 0 },
    });
    expect(flow.outcome).toEqual({
      kind: 'ok',
      title: 'POST /v1/pipelines/text-embedding/runs',
      httpStatus: 200,
      durationMs: 1262,
    });
    expect(flow.cause).toBeUndefined();
  });

  it('knows the components in order, and the IDs', () => {
    expect(flow.components).toEqual(['nginx', 'gateway', 'temporal', 'worker', 'connector', 'inference']);
    expect(flow).toMatchObject({
      requestIds: ['req-12345678'],
      workflowIds: [chain.WORKFLOW_ID],
      runIds: [chain.RUN_ID],
      clientId: 'dept-a',
    });
  });

  it('has a row per span and only for lines that add something', () => {
    expect(flow.rows.filter(({ kind }) => kind === 'line').map(({ text }) => text)).toEqual([
      '텍스트 3개를 정규화했습니다',
    ]);
    expect(flow.rows.filter(({ kind }) => kind === 'span')).toHaveLength(flow.spans.length - 1);
    expect(flow.lines.filter(({ folded }) => folded).length).toBe(flow.lines.length - 1);
  });

  it('draws the two marks of a workflow as one of its duration', () => {
    expect(rowOf(flow, 'RunWorkflow:runPipeline')).toMatchObject({ durationMs: 1209, failed: false, open: false });
    expect(namesOf(flow)).not.toContain('CompleteWorkflow:runPipeline');
    expect(flow.spans.find(({ name }) => name.startsWith('Complete'))?.mergedInto).toBe(spanId(4));
  });

  it('marks the step that itself took longest, and its shares add up to the whole', () => {
    expect(flow.spans.filter(({ slowest }) => slowest).map(({ name }) => name)).toEqual(['llm_request']);
    expect(flow.shares[0]).toMatchObject({ component: 'inference', ms: 1029 });
    expect(flow.shares.reduce((sum, { ratio }) => sum + ratio, 0)).toBeCloseTo(1, 9);
  });

  it('survives JSON unchanged', () => {
    expect(JSON.parse(JSON.stringify(flow))).toEqual(flow);
  });
});

describe('where it stopped', () => {
  it.each([
    ['retried', 'ok', undefined, undefined],
    ['failed', 'failed', 'connector', 'POST 127.0.0.1:8000 answered 503'],
    ['hanging', 'failed', 'connector', '127.0.0.1:8000 sent no headers within 10 s'],
    ['deadWorker', 'failed', 'worker', 'RunActivity:inference started and never finished: its worker died or hangs'],
    ['neverPickedUp', 'failed', 'temporal', `no worker picked up workflow ${chain.WORKFLOW_ID} (task queue pipelines)`],
  ] as const)('%s: %s because of %s', (name, kind, component, message) => {
    const flow = assemble(chain[name]());
    expect(flow.outcome.kind).toBe(kind);
    expect(flow.cause?.component).toBe(component);
    expect(flow.cause?.message).toBe(message);
    expect(flow.roots).toHaveLength(1);
    expect(flow.danglingParents).toEqual([]);
  });

  it('tells what was overcome', () => {
    const flow = assemble(chain.retried());
    expect(flow.recoveries).toEqual([
      { component: 'inference', message: 'llm_request answered 503', spanId: spanId(32) },
    ]);
    expect(flow.spans.filter(({ failed }) => failed).every(({ recovered }) => recovered)).toBe(true);
    const attempts = flow.rows.filter(({ text }) => text === 'POST 127.0.0.1:8000').map(({ note }) => note);
    expect(attempts).toEqual(['503 · attempt 1', '200 · attempt 2']);
  });

  it('counts the attempts of what failed', () => {
    expect(assemble(chain.failed()).cause?.attempts).toBe(3);
    expect(assemble(chain.hanging()).cause?.attempts).toBe(3);
  });

  it('rebuilds spans that never arrived from the lines that announced them', () => {
    const flow = assemble(chain.deadWorker());
    const rebuilt = flow.spans.filter((span) => span.rebuilt);
    expect(rebuilt.map(({ name, state, parentSpanId }) => [name, state, parentSpanId])).toEqual([
      ['RunActivity:inference', 'open', spanId(20)],
    ]);
    expect(rowOf(flow, 'RunActivity:inference')).toMatchObject({ open: true, note: 'never finished' });
    expect(rowOf(flow, 'RunWorkflow:runPipeline')).toMatchObject({ open: true });
    expect(flow.complete).toBe(false);
  });

  it('names the client that gave up, not the server that it left', () => {
    const scenario = chain.hanging();
    const left = {
      ...scenario.lines[0],
      component: 'inference',
      spanId: spanId(40),
      parentSpanId: spanId(33),
    } as (typeof scenario.lines)[number];
    const lines = [
      { ...left, message: 'request received', timeMs: chain.T0 + 20_131 },
      { ...left, message: 'request aborted', level: 'WARN' as const, timeMs: chain.T0 + 30_104, durationMs: 9973 },
    ];
    const flow = assemble({ ...scenario, lines: [...scenario.lines, ...lines] });
    expect(flow.spans.find(({ component }) => component === 'inference')).toMatchObject({
      failed: true,
      rebuilt: true,
    });
    expect(flow.cause?.message).toBe('127.0.0.1:8000 sent no headers within 10 s');
  });

  it('rebuilds a span that only its lines tell of, end included', () => {
    const { spans, lines } = chain.success();
    const flow = assemble({ spans: spans.filter(({ name }) => name !== 'RunActivity:inference'), lines });
    expect(flow.spans.find(({ spanId: id }) => id === spanId(21))).toMatchObject({
      rebuilt: true,
      state: 'ended',
      name: 'RunActivity:inference',
    });
    expect(flow).toMatchObject({ danglingParents: [], outcome: { kind: 'ok' }, complete: true });
  });

  it('names a connector call without an answer, when the server hangs and nobody gives up', () => {
    const { spans, lines } = chain.deadWorker();
    lines.push(
      makeLine(118, 'connector', 'model call started', 30, {
        parentSpanId: spanId(21),
        extra: { operation: 'chat', model: 'tiny' },
      }),
      makeLine(121, 'connector', 'model request sent', 31, {
        parentSpanId: spanId(30),
        extra: { method: 'POST', target: '127.0.0.1:8000' },
      }),
    );
    expect(assemble({ spans, lines }).cause).toMatchObject({
      component: 'connector',
      message:
        'POST 127.0.0.1:8000 never answered and RunActivity:inference never finished: the server hangs or the worker died',
    });
  });

  it('shows an activity that was asked for as long as its steps took', () => {
    expect(rowOf(assemble(chain.success()), 'StartActivity:inference')).toMatchObject({
      durationMs: 1066,
      open: false,
    });
  });

  it('tells what nginx answered when the gateway behind it is down', () => {
    const line = makeLine(30, 'nginx', 'POST /v1/pipelines/text-embedding/runs 502', 1, {
      level: 'ERROR',
      durationMs: 30,
      extra: { method: 'POST', path: '/v1/pipelines/text-embedding/runs', status: 502 },
    });
    const flow = assemble({ spans: [], lines: [line] });
    expect(flow.outcome).toMatchObject({ kind: 'failed', httpStatus: 502, durationMs: 30 });
    expect(flow.outcome.title).toBe('POST /v1/pipelines/text-embedding/runs');
    expect(flow.cause).toMatchObject({ component: 'nginx', message: expect.stringContaining('answered 502') });
    expect(flow.roots).toEqual([spanId(1)]);
  });

  it('shows the lines of a server without spans where they happened', () => {
    const { spans, lines } = chain.success();
    const bare = lines
      .filter(({ component }) => component === 'inference')
      .map((line) => ({ ...line, spanId: undefined }) as unknown as typeof line);
    const flow = assemble({
      spans: spans.filter(({ name }) => name !== 'llm_request'),
      lines: [...lines.filter(({ component }) => component !== 'inference'), ...bare],
    });
    const depth = rowOf(flow, 'POST 127.0.0.1:8000')?.depth ?? 0;
    for (const text of ['request received', 'request completed']) {
      expect(rowOf(flow, text)).toMatchObject({ component: 'inference', depth: depth + 1 });
    }
  });

  it('names an activity that no worker took', () => {
    const { spans, lines } = chain.deadWorker();
    expect(assemble({ spans, lines: lines.slice(0, -1) }).cause).toMatchObject({
      component: 'temporal',
      message: 'no worker picked up activity inference (task queue pipelines)',
    });
  });

  it('does not count an attempt whose worker died when the next one went well', () => {
    const flow = assemble({
      spans: [...chain.success().spans],
      lines: [
        ...chain.success().lines,
        makeLine(108, 'worker', 'activity started', 19, {
          parentSpanId: spanId(20),
          activity: 'inference',
          attempt: 1,
        }),
      ],
    });
    expect(flow.outcome.kind).toBe('ok');
    expect(flow.recoveries.map(({ message }) => message)).toEqual([
      expect.stringContaining('RunActivity:inference started and never finished'),
    ]);
  });
});

describe('a caller that does not wait', () => {
  const accepted = (scenario: chain.Scenario): chain.Scenario => ({
    ...scenario,
    spans: scenario.spans.map((span) => {
      if (span.spanId !== spanId(1) && span.spanId !== spanId(2)) return span;
      const rest = { ...span };
      delete rest.statusMessage;
      return {
        ...rest,
        status: 'unset',
        endMs: T0 + 25,
        attributes: { ...span.attributes, 'http.response.status_code': 202 },
      };
    }),
    lines: scenario.lines.filter(({ component }) => component !== 'gateway' && component !== 'nginx'),
  });

  it('learns that the workflow failed afterwards', () => {
    const flow = assemble(accepted(chain.failed()));
    expect(flow.outcome).toMatchObject({ kind: 'failed', httpStatus: 202, durationMs: 25 });
    expect(flow.cause?.message).toBe('POST 127.0.0.1:8000 answered 503');
  });

  it.each([
    [1000, 'running', undefined],
    [120_000, 'unfinished', `no worker picked up workflow ${chain.WORKFLOW_ID} (task queue pipelines)`],
  ])('sees after %d ms a workflow that nobody takes as %s', (afterMs, kind, message) => {
    const flow = assemble(accepted(chain.neverPickedUp()), afterMs);
    expect(flow.outcome.kind).toBe(kind);
    expect(flow.cause?.message).toBe(message);
  });
});

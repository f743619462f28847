import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStore, type Store } from '../store/store.js';
import { makeLine, makeSpan, RUN_ID, spanId, success, TRACE_ID, WORKFLOW_ID } from '../telemetry/chain.fixture.js';
import { findFlow } from './flow.finder.js';

let store: Store;

beforeEach(() => {
  store = openStore({ path: ':memory:' });
  const { spans, lines } = success();
  store.add(spans, lines);
});

afterEach(() => store.close());

describe('findFlow', () => {
  it.each([
    ['trace ID', TRACE_ID],
    ['trace ID in upper case', TRACE_ID.toUpperCase()],
    ['first characters of the trace ID', TRACE_ID.slice(0, 8)],
    ['request ID', 'req-12345678'],
    ['workflow ID', WORKFLOW_ID],
    ['run ID', RUN_ID],
    ['ID with spaces around it', ` ${TRACE_ID}\n`],
  ])('finds by %s', (_, id) => {
    expect(findFlow(store, id)?.traceId).toBe(TRACE_ID);
  });

  it.each([
    ['unknown trace ID', 'f'.repeat(32)],
    ['too short a prefix', TRACE_ID.slice(0, 7)],
    ['nothing', ''],
  ])('finds nothing by %s', (_, id) => {
    expect(findFlow(store, id)).toBeUndefined();
  });

  it('prefers the trace that ran a workflow to a later one that only speaks of it', () => {
    const later = 'e'.repeat(32);
    store.add([], [makeLine(9e6, 'gateway', 'signal sent', undefined, { traceId: later, workflowId: WORKFLOW_ID })]);
    expect(findFlow(store, WORKFLOW_ID)).toMatchObject({ traceId: TRACE_ID, otherTraceIds: [later] });
  });

  it('adds lines of the run that carry no trace ID', () => {
    const bare = makeLine(200, 'temporal-core', 'poller said something', undefined, {
      runId: RUN_ID,
    });
    delete bare.traceId;
    store.add([], [bare]);
    expect(findFlow(store, TRACE_ID)?.rows.map(({ text }) => text)).toContain('poller said something');
  });

  it('tells at a span which other traces it is linked to, by the names of the spans there that were received', () => {
    const sender = { ...makeSpan({ id: 7, name: 'SignalWorkflow:go', component: 'gateway', from: 0, to: 1 }) };
    sender.traceId = 'e'.repeat(32);
    const handled = makeSpan({ id: 8, parent: 2, name: 'HandleSignal:go', component: 'worker', from: 300, to: 300 });
    const [known, unknown] = [spanId(7), spanId(9)];
    const links = [known, known, unknown].map((id) => ({ traceId: sender.traceId, spanId: id, attributes: {} }));
    const within = { traceId: TRACE_ID, spanId: spanId(2), attributes: {} };
    store.add([sender, { ...handled, links: [...links, within] }], []);
    const rows = findFlow(store, TRACE_ID)?.rows ?? [];
    const at = rows.findIndex(({ text }) => text === 'HandleSignal:go');
    expect(rows.slice(at + 1, at + 3)).toMatchObject([
      { kind: 'link', text: `linked: ${'e'.repeat(12)} SignalWorkflow:go`, depth: (rows[at]?.depth ?? 0) + 1 },
      { kind: 'link', text: `linked: ${'e'.repeat(12)} span ${unknown}` },
    ]);
    // One of the same trace is in the story anyway.
    expect(rows.filter(({ kind }) => kind === 'link')).toHaveLength(2);
  });

  it('asks for more of a prefix that several traces share', () => {
    const twin = TRACE_ID.slice(0, 31) + (TRACE_ID.endsWith('0') ? '1' : '0');
    store.add([], [makeLine(0, 'a', 'm', undefined, { traceId: twin })]);
    expect(() => findFlow(store, TRACE_ID.slice(0, 12))).toThrow(
      expect.objectContaining({ code: 'ONETRACE_ID_AMBIGUOUS', message: expect.stringContaining(twin) }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import * as chain from '../telemetry/chain.fixture.js';
import { makeLine, makeSpan, spanId } from '../telemetry/chain.fixture.js';
import { assemble, namesOf } from './assembled-flow.fixture.js';

describe('what is not as it should be', () => {
  it('tells spans whose parent never arrived, and several roots', () => {
    const flow = assemble({
      spans: [
        makeSpan({ id: 1, name: 'GET /', component: 'a', from: 0, to: 10 }),
        makeSpan({ id: 2, parent: 99, name: 'lost', component: 'b', from: 2, to: 4 }),
        makeSpan({ id: 3, name: 'GET /again', component: 'c', from: 5, to: 6 }),
      ],
      lines: [],
    });
    expect(flow.danglingParents).toEqual([{ spanId: spanId(2), parentSpanId: spanId(99) }]);
    expect(flow.roots).toEqual([spanId(1), spanId(3)]);
    expect(namesOf(flow)).toEqual(['GET /', 'lost', 'GET /again']);
  });

  it('shows spans that are each other’s parents, and a span that is its own', () => {
    const flow = assemble({
      spans: [
        makeSpan({ id: 1, parent: 2, name: 'one', component: 'a', from: 0, to: 1 }),
        makeSpan({ id: 2, parent: 1, name: 'two', component: 'a', from: 1, to: 2 }),
        makeSpan({ id: 3, parent: 3, name: 'self', component: 'a', from: 2, to: 3 }),
      ],
      lines: [],
    });
    expect(namesOf(flow).sort()).toEqual(['one', 'self', 'two']);
  });

  it('shows a child whose clock runs behind after its parent', () => {
    const flow = assemble({
      spans: [
        makeSpan({ id: 1, name: 'parent', component: 'a', from: 100, to: 200 }),
        makeSpan({ id: 2, parent: 1, name: 'child', component: 'b', from: 40, to: 90 }),
      ],
      lines: [makeLine(45, 'b', 'a word', 2)],
    });
    expect(namesOf(flow)).toEqual(['parent', 'child', 'a word']);
  });

  it('tells the same line only once, and equal lines in a row as one', () => {
    const one = makeLine(1, 'app', 'tick');
    const flow = assemble({ spans: [], lines: [one, one, makeLine(2, 'app', 'tick'), makeLine(3, 'app', 'tock')] });
    expect(flow.rows.map(({ text, times }) => [text, times])).toEqual([
      ['tick', 2],
      ['tock', 1],
    ]);
    expect(flow.duplicates.lines).toBe(1);
    expect(flow.outcome).toEqual({ kind: 'unknown', title: '3 lines and no span', durationMs: 2 });
  });

  it('merges a span that came twice, and says so', () => {
    const span = makeSpan({ id: 1, name: 'a', component: 'a', from: 0, to: 1 });
    const flow = assemble({ spans: [span, { ...span, endMs: span.endMs + 5 }], lines: [] });
    expect(flow.duplicates.spans).toEqual([spanId(1)]);
    expect(flow.outcome.durationMs).toBe(6);
  });

  it('is the caller’s mistake when the answer is a 4xx', () => {
    const flow = assemble({
      spans: [
        makeSpan({ id: 1, name: 'POST /runs', component: 'gateway', kind: 'server', from: 0, to: 3, status: 400 }),
      ],
      lines: [makeLine(2, 'gateway', 'texts must not be empty', 1, { level: 'WARN' })],
    });
    expect(flow.outcome).toMatchObject({ kind: 'rejected', httpStatus: 400 });
    expect(flow.rows[1]).toMatchObject({ text: 'texts must not be empty', level: 'WARN' });
  });

  it('says why the server refused, whether its span or only its lines came', () => {
    const refused = makeSpan({
      id: 1,
      name: 'GET /wards',
      component: 'gateway',
      kind: 'server',
      from: 0,
      to: 3,
      status: 403,
    });
    refused.attributes['onetrace.refusal'] = 'not your ward\nat all';
    const lines = [
      makeLine(0, 'gateway', 'request started', 1, {
        parentSpanId: spanId(9),
        extra: { method: 'GET', path: '/wards' },
      }),
      makeLine(3, 'gateway', 'request completed', 1, {
        durationMs: 3,
        extra: { status: 403, reason: 'not your ward' },
      }),
    ];
    for (const scenario of [
      { spans: [refused], lines: [] },
      { spans: [], lines },
    ]) {
      expect(assemble(scenario).rows[0]).toMatchObject({ note: '403 · not your ward', failed: false });
    }
  });

  it('puts together a flow of which only lines came', () => {
    const flow = assemble({ spans: [], lines: chain.deadWorker().lines });
    expect(flow.components).toEqual(expect.arrayContaining(['gateway', 'worker', 'temporal']));
    expect(flow.spans.map(({ name }) => name)).toContain('RunActivity:inference');
  });

  it('changes nothing of what it is given', () => {
    const scenario = chain.failed();
    const before = JSON.stringify(scenario);
    assemble(scenario);
    expect(JSON.stringify(scenario)).toBe(before);
  });

  it('has a row for each of 5000 spans', () => {
    const spans = Array.from({ length: 5000 }, (_, n) =>
      makeSpan({
        id: n + 1,
        ...(n > 0 && { parent: Math.ceil(n / 10) }),
        name: `s${n}`,
        component: 'a',
        from: n,
        to: n + 50,
      }),
    );
    expect(assemble({ spans, lines: [] }).rows).toHaveLength(5000);
  });
});

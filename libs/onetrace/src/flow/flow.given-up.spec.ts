import { describe, expect, it } from '@jest/globals';
import { assembleFlow } from './flow.assembler.js';
import type { Flow } from './flow.js';
import { renderFlow } from '../terminal/flow.renderer.js';
import { makeLine, makeSpan, spanId, T0, TRACE_ID } from '../telemetry/telemetry.fixture.js';
import type { Span } from '../telemetry/span.js';

const ABORTED = 'ONETRACE_CONNECTOR_ABORTED';
const ADVICE =
  'the call to vllm:8000 was given up, because the request in which it was made was broken off; pass detached: true';

const at = (to: number) => ({ component: 'gateway', from: 0, to });
const withEvent = (span: Span, name: string, attributes = {}): Span => ({
  ...span,
  events: [{ name, timeMs: span.endMs, attributes }],
});
const request = (attributes: object, status?: number): Span =>
  makeSpan({
    ...at(500),
    id: 1,
    name: 'POST /ask',
    kind: 'server',
    attributes: { 'http.request.method': 'POST', 'url.path': '/ask', ...attributes },
    ...(status !== undefined && { status }),
  });
const call = (by: string, more: object = {}): Span =>
  withEvent(
    makeSpan({
      ...at(490),
      id: 3,
      parent: 2,
      name: 'chat tiny',
      kind: 'client',
      attributes: { 'error.type': ABORTED },
      ...more,
    }),
    'call cancelled',
    { 'onetrace.cancelled_by': by },
  );
/** A method between the two, which let the error through. */
const method = makeSpan({
  ...at(495),
  id: 2,
  parent: 1,
  name: 'Answers.ask',
  error: ADVICE,
  attributes: { 'error.type': ABORTED },
});
const left = makeLine(500, 'gateway', 'request aborted', 1, { level: 'WARN', durationMs: 500 });

function show(spans: Span[], lines = [left]): { readonly flow: Flow; readonly text: string } {
  const flow = assembleFlow({ id: 'x', traceId: TRACE_ID, spans, lines, nowMs: T0 + 120_000 });
  return { flow, text: renderFlow(flow, {}).replace(/ +/g, ' ') };
}

describe('a client that leaves while a model answers', () => {
  it('is told as the end of the flow, and nothing that it took along as its cause', () => {
    const { flow, text } = show([request({ 'error.type': 'aborted' }), method, call('request')]);
    expect(flow.outcome).toMatchObject({ kind: 'aborted', title: 'POST /ask' });
    expect(text).toContain('ABORTED POST /ask after 500 ms');
    expect(text).toContain('cause gateway: POST /ask: its client left before it answered');
    expect(text).toContain('chat tiny given up, its client left');
    expect(text).not.toContain('detached');
    expect(flow.spans.filter(({ failed }) => failed).map(({ spanId: id }) => id)).toEqual([spanId(1)]);
  });

  it('is told by the 499 of nginx, or by the request’s span, alone', () => {
    expect(show([request({}, 499)], []).flow.outcome.kind).toBe('aborted');
    expect(show([request({ 'error.type': 'aborted' })], []).flow.outcome.kind).toBe('aborted');
  });

  it('hides nothing else that went wrong', () => {
    const broken = makeSpan({ ...at(300), id: 4, parent: 1, name: 'Orders.save', error: 'disk full' });
    const { flow } = show([request({ 'error.type': 'aborted' }), method, call('request'), broken]);
    expect(flow.outcome.kind).toBe('failed');
    expect(flow.cause?.message).toBe('Orders.save: disk full');
  });

  it('is no excuse for a call that its own caller gave up', () => {
    const { flow } = show(
      [request({}, 500), method, call('caller', { error: 'the call was aborted by its caller' })],
      [],
    );
    expect(flow.outcome.kind).toBe('failed');
    expect(flow.cause?.message).toContain('was aborted by its caller');
  });
});

it('a stream that its consumer stopped is told, and is no failure', () => {
  const stopped = withEvent(
    makeSpan({ ...at(300), id: 3, parent: 1, name: 'chat tiny', kind: 'client' }),
    'stream stopped by its consumer',
  );
  const { flow, text } = show([request({}, 200), stopped], []);
  expect(flow.outcome.kind).toBe('ok');
  expect(text).toContain('chat tiny stopped by its consumer');
});

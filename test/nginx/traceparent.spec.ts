import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEdge, value, type Edge, type Header } from './edge.harness.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const VALID = `00-${TRACE}-${PARENT}-01`;

/** `traceparent` as nginx sends it inwards: always version 00. */
const SENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

function sentBy(edge: Edge): { trace: string; span: string; flags: string } {
  const [, trace = '', span = '', flags = ''] = SENT.exec(value(edge.last().headers, 'traceparent') ?? '') ?? [];
  return { trace, span, flags };
}

let open: Edge;
let trusting: Edge;
beforeAll(async () => {
  open = await startEdge({});
  trusting = await startEdge({ trusted: ['127.0.0.0/8'] });
});
afterAll(() => Promise.all([open?.stop(), trusting?.stop()]));

const INVALID: [what: string, headers: Header[]][] = [
  ['missing', []],
  ['empty', [['traceparent', '']]],
  ['in upper case', [['traceparent', VALID.toUpperCase()]]],
  ['with one upper-case digit', [['traceparent', VALID.replace('a', 'A')]]],
  ['with an all-zero trace ID', [['traceparent', `00-${'0'.repeat(32)}-${PARENT}-01`]]],
  ['with an all-zero parent ID', [['traceparent', `00-${TRACE}-${'0'.repeat(16)}-01`]]],
  ['of version ff', [['traceparent', VALID.replace(/^00/, 'ff')]]],
  ['of version ff with a trailer', [['traceparent', `${VALID.replace(/^00/, 'ff')}-x`]]],
  ['of version 00 with a trailer', [['traceparent', `${VALID}-what`]]],
  ['of version 00 with a trailing dash', [['traceparent', `${VALID}-`]]],
  ['of version 01 with a trailer that is not set off', [['traceparent', `${VALID.replace(/^00/, '01')}what`]]],
  ['with a short trace ID', [['traceparent', `00-${TRACE.slice(1)}-${PARENT}-01`]]],
  ['with a long parent ID', [['traceparent', `00-${TRACE}-${PARENT}0-01`]]],
  ['with one digit of flags', [['traceparent', VALID.slice(0, -1)]]],
  ['with digits that are no hex', [['traceparent', VALID.replace('f', 'g')]]],
  ['with a quote in it', [['traceparent', `${VALID}"`]]],
  ['of 10 kB', [['traceparent', 'x'.repeat(10_000)]]],
  ['of bytes that are no text', [['traceparent', '\xff\xfe\x80']]],
];

describe('a traceparent that cannot be used restarts the trace and never fails the request', () => {
  test.each(INVALID)('%s', async (_what, headers) => {
    for (const edge of [open, trusting]) {
      const answer = await edge.send({ headers: [...headers, ['tracestate', 'a=1']] });
      expect(answer.status).toBe(200);
      const sent = sentBy(edge);
      expect(sent).toEqual({
        trace: expect.stringMatching(/[1-9a-f]/),
        span: expect.stringMatching(/[1-9a-f]/),
        flags: '01',
      });
      expect(sent.trace).not.toBe(TRACE);
      expect(value(answer.headers, 'x-trace-id')).toBe(sent.trace);
      expect(value(edge.last().headers, 'tracestate')).toBeUndefined();
      expect(value(edge.last().headers, 'x-edge-parent')).toBeUndefined();
    }
  });

  test('every request gets an ID of its own', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      await open.send();
      seen.add(sentBy(open).trace);
    }
    expect(seen.size).toBe(20);
  });
});

describe('a valid traceparent', () => {
  test('of an outsider is replaced, and its ID kept for searching only', async () => {
    const answer = await open.send({ headers: [['traceparent', `00-${TRACE}-${PARENT}-00`]] });
    const sent = sentBy(open);
    expect(sent.trace).toMatch(/^[0-9a-f]{32}$/);
    expect(sent.trace).not.toBe(TRACE);
    // "not sampled" would hide the request from the tail sampler
    expect(sent.flags).toBe('01');
    expect(JSON.stringify(open.last())).not.toContain(TRACE);
    expect(JSON.stringify(answer)).not.toContain(TRACE);
    expect((await open.line(sent.trace)).extra).toMatchObject({ foreign_trace_id: TRACE });
  });

  const KEPT: [what: string, sent: string, flags: string][] = [
    ['sampled', `00-${TRACE}-${PARENT}-01`, '01'],
    ['not sampled', `00-${TRACE}-${PARENT}-00`, '00'],
    ['not sampled, random', `00-${TRACE}-${PARENT}-02`, '02'],
    ['sampled, random', `00-${TRACE}-${PARENT}-03`, '03'],
    ['with unknown flags, which a participant clears', `00-${TRACE}-${PARENT}-fd`, '01'],
    ['of a later version', `01-${TRACE}-${PARENT}-01`, '01'],
    ['of a later version with a trailer', `01-${TRACE}-${PARENT}-00-what-the-future-holds`, '00'],
    ['of the last version', `fe-${TRACE}-${PARENT}-01-`, '01'],
  ];
  test.each(KEPT)('of a trusted peer is continued as version 00: %s', async (_what, traceparent, flags) => {
    const answer = await trusting.send({ headers: [['traceparent', traceparent]] });
    const sent = sentBy(trusting);
    expect(sent).toEqual({ trace: TRACE, span: expect.stringMatching(/^[0-9a-f]{16}$/), flags });
    expect(sent.span).not.toBe(PARENT);
    expect(value(trusting.last().headers, 'x-edge-parent')).toBe(PARENT);
    expect(value(answer.headers, 'x-trace-id')).toBe(TRACE);
  });

  test('of a trusted peer brings tracestate and baggage along', async () => {
    await trusting.send({
      headers: [
        ['traceparent', VALID],
        ['tracestate', 'a=1,b=2'],
        ['baggage', 'client_id=x;p=1'],
      ],
    });
    expect(value(trusting.last().headers, 'tracestate')).toBe('a=1,b=2');
    expect(value(trusting.last().headers, 'baggage')).toBe('client_id=x;p=1');
  });

  test('sent twice arrives once and well-formed', async () => {
    for (const edge of [open, trusting]) {
      const answer = await edge.send({
        headers: [
          ['traceparent', VALID],
          ['traceparent', VALID.replace('0af', '1bf')],
        ],
      });
      expect(answer.status).toBe(200);
      expect(value(edge.last().headers, 'traceparent')).toMatch(SENT);
    }
  });
});

test('the access line carries the IDs that went inwards', async () => {
  for (const edge of [open, trusting]) {
    const answer = await edge.send();
    const sent = sentBy(edge);
    expect(await edge.line(value(answer.headers, 'x-trace-id') ?? '')).toMatchObject({
      trace_id: sent.trace,
      span_id: sent.span,
    });
  }
});

import { describe, expect, it } from '@jest/globals';
import { formatTraceparent, hasValidIds, parseTraceparent } from './traceparent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const VALID = `00-${TRACE}-${SPAN}-01`;

describe('traceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, 1],
    [`00-${TRACE}-${SPAN}-00`, 0],
    [` 00-${TRACE}-${SPAN}-01 `, 1],
    [`cc-${TRACE}-${SPAN}-01`, 1],
    [`\t ${VALID}\t`, 1],
    [`00-${TRACE}-${SPAN}-02`, 2],
    [`00-${TRACE}-${SPAN}-ff`, 3],
    [`fe-${TRACE}-${SPAN}-01`, 1],
    [`01-${TRACE}-${SPAN}-01-`, 1],
    [`01-${TRACE}-${SPAN}-01-what-the-future-holds`, 1],
    [`cc-${TRACE}-${SPAN}-09-what.the future=holds`, 1],
  ])('accepts %s', (value, traceFlags) => {
    expect(parseTraceparent(value)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags });
  });

  it.each([
    undefined,
    null,
    42,
    ['00'],
    '',
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-extra`,
    `01-${TRACE}-${SPAN}-01extra`,
    `00-${TRACE}-${SPAN}-01-`,
    `01-${TRACE}-${SPAN}-01.extra`,
    `cc-${TRACE}-${SPAN}-01-x, cc-${TRACE}-${SPAN}-01-x`,
    `\u00a0${VALID}`,
    `${VALID}\n`,
    `${VALID}\u00a0`,
    `00_${TRACE}-${SPAN}-01`,
    `00-${TRACE}_${SPAN}-01`,
    `00-${TRACE}-${SPAN}_01`,
    `.0-${TRACE}-${SPAN}-01`,
    `0.-${TRACE}-${SPAN}-01`,
    `0F-${TRACE}-${SPAN}-01`,
    `000-${TRACE}-${SPAN}-01`,
    `0-${TRACE}-${SPAN}-01`,
    `00-${TRACE}0-${SPAN}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE.slice(1)}.-${SPAN}-01`,
    `00-${TRACE.slice(1)}\u0665-${SPAN}-01`,
    `00-${TRACE}-${SPAN.toUpperCase()}-01`,
    `00-${TRACE}-${SPAN}-0A`,
    `00-${TRACE}-${SPAN}-001`,
    `00-${TRACE}-${SPAN}-1`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-${'x'.repeat(10_000)}`,
  ])('refuses %p, so that the trace restarts', (value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  });

  it('writes version 00 and only the flags it knows', () => {
    expect(formatTraceparent({ traceId: TRACE, spanId: SPAN, traceFlags: 0xff })).toBe(`00-${TRACE}-${SPAN}-03`);
  });
});

it.each([
  [TRACE, SPAN, true],
  ['0'.repeat(32), SPAN, false],
  [TRACE, '0'.repeat(16), false],
  [TRACE.slice(1), SPAN, false],
  [TRACE, `${SPAN}0`, false],
  [TRACE, SPAN.toUpperCase(), false],
  ['', '', false],
])('IDs %p and %p can stand in a traceparent: %p', (traceId, spanId, expected) => {
  expect(hasValidIds({ traceId, spanId })).toBe(expected);
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  formatTraceparent,
  parseTraceparent,
  type Traceparent,
} from '../../libs/nestjs-onetrace/src/semantics/index.ts';
import { fuzzParameters } from './fuzz-parameters.ts';
import { disagreements, nearly } from './mutation.arbitrary.ts';

const parameters = fuzzParameters(2000);
const hex = (digits: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });
const id = (digits: number): fc.Arbitrary<string> => hex(digits).filter((text) => /[^0]/.test(text));
const traceparent: fc.Arbitrary<Traceparent> = fc.record({
  traceId: id(32),
  spanId: id(16),
  traceFlags: fc.constantFrom(0, 1, 2, 3),
});
const wire = fc
  .tuple(
    fc.oneof(fc.constant('00'), hex(2)),
    hex(32),
    hex(16),
    hex(2),
    fc.oneof(fc.constant(''), fc.string({ maxLength: 20 })),
  )
  .map(
    ([version, traceId, spanId, flags, tail]) =>
      `${version}-${traceId}-${spanId}-${flags}${tail === '' ? '' : `-${tail}`}`,
  );

/** The grammar of sections 3.2.2 and 3.2.4 of the recommendation, put down as it stands there. */
function byTheGrammar(value: string): Traceparent | undefined {
  if (value.length > 512) return undefined;
  const [version, traceId, spanId, flags, ...more] = value
    .replace(/^[ \t]+/, '')
    .replace(/[ \t]+$/, '')
    .split('-');
  const isHex = (text: string | undefined, digits: number): boolean =>
    text?.length === digits && [...text].every((digit) => '0123456789abcdef'.includes(digit));
  if (!isHex(version, 2) || version === 'ff') return undefined;
  if (!isHex(traceId, 32) || traceId === '0'.repeat(32)) return undefined;
  if (!isHex(spanId, 16) || spanId === '0'.repeat(16)) return undefined;
  if (!isHex(flags, 2)) return undefined;
  // Version 00 ends here; a comma comes from repeated headers, of which no version allows two.
  if (more.length > 0 && (version === '00' || more.some((field) => field.includes(',')))) return undefined;
  return { traceId: traceId as string, spanId: spanId as string, traceFlags: Number(`0x${flags}`) % 4 };
}

describe('traceparent', () => {
  it('comes back from the wire as it was written', () => {
    fc.assert(
      fc.property(traceparent, (value) => {
        expect(parseTraceparent(formatTraceparent(value))).toEqual(value);
      }),
      parameters,
    );
  });

  it('is believed when the grammar has it, and only then', () => {
    fc.assert(
      fc.property(fc.oneof(nearly(wire), wire, fc.string()), (value) => {
        expect(parseTraceparent(value)).toEqual(byTheGrammar(value));
      }),
      parameters,
    );
  });

  it.each(['00', 'cc'])('of version %s with any other character in any place is as the grammar says', (version) => {
    const value = `${version}-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`;
    expect(disagreements(value, parseTraceparent, byTheGrammar)).toEqual([]);
    expect(disagreements(`${value}-x`, parseTraceparent, byTheGrammar)).toEqual([]);
  });

  it('of any kind of value never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        parseTraceparent(value);
      }),
      parameters,
    );
  });
});

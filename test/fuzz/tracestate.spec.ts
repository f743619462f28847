import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { W3cTraceState } from '../../libs/nestjs-onetrace/src/context/trace-state.ts';
import { fuzzParameters } from './fuzz-parameters.ts';
import { disagreements, nearly } from './mutation.arbitrary.ts';

const parameters = fuzzParameters(2000);
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGIT = '0123456789';
const KEY_CHARACTERS = `${LOWER}${DIGIT}_-*/@`;
const VISIBLE = Array.from({ length: 0x7e - 0x20 }, (_, index) => String.fromCharCode(0x21 + index))
  .filter((character) => character !== ',' && character !== '=')
  .join('');

const textOf = (characters: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength });
// Most of them short, some at the limit of 256.
const sized = (characters: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 20, arbitrary: textOf(characters, 30) },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...characters), minLength: 254, maxLength: 256 }) },
  );
const key = fc.tuple(fc.constantFrom(...LOWER, ...DIGIT), sized(KEY_CHARACTERS)).map((parts) => parts.join(''));
const value = fc.tuple(sized(` ${VISIBLE}`), fc.constantFrom(...VISIBLE)).map((parts) => parts.join(''));
const member = fc.tuple(key, value).map((parts) => parts.join('='));
const whitespace = textOf(' \t', 2);
const list = fc
  .array(
    fc.tuple(
      whitespace,
      fc.oneof({ weight: 9, arbitrary: member }, { weight: 1, arbitrary: fc.constant('') }),
      whitespace,
    ),
    {
      maxLength: 36,
    },
  )
  .map((members) => members.map((parts) => parts.join('')).join(','));

/** The grammar of section 3.3.1 of the recommendation, read character by character. */
function byTheGrammar(text: string): string {
  const members = text.split(',').map((item) => {
    let from = 0;
    let to = item.length;
    while (from < to && ' \t'.includes(item[from] ?? '')) from += 1;
    while (to > from && ' \t'.includes(item[to - 1] ?? '')) to -= 1;
    return item.slice(from, to);
  });
  const filled = members.filter((item) => item !== '');
  const isMember = (item: string): boolean => {
    const [name = '', ...values] = item.split('=');
    const [content] = values;
    if (values.length !== 1 || content === undefined || content === '' || content.length > 256) return false;
    if (name === '' || name.length > 256 || !`${LOWER}${DIGIT}`.includes(name[0] ?? ' ')) return false;
    return (
      name.split('').every((character) => KEY_CHARACTERS.includes(character)) &&
      content.split('').every((character) => character === ' ' || VISIBLE.includes(character)) &&
      !content.endsWith(' ')
    );
  };
  return filled.length <= 32 && filled.every(isMember) ? filled.join(',') : '';
}

const passedOn = (received: unknown): string => W3cTraceState.from(received)?.serialize() ?? '';

describe('tracestate', () => {
  it('is passed on when the grammar has it, in its order, and discarded otherwise', () => {
    fc.assert(
      fc.property(fc.oneof(list, nearly(list), nearly(member), fc.string()), (text) => {
        expect(passedOn(text)).toBe(byTheGrammar(text));
      }),
      parameters,
    );
  });

  it('with any other character in any place is as the grammar says', () => {
    expect(disagreements('ab@c=d e,f=g', passedOn, byTheGrammar)).toEqual([]);
  });

  it('of any number of members is as the grammar says', () => {
    for (let count = 0; count < 40; count += 1) {
      const text = Array.from({ length: count }, (_, index) => `k${index}=v`).join(',');
      expect(passedOn(text)).toBe(byTheGrammar(text));
    }
  });

  it('is the same once it was passed on', () => {
    fc.assert(
      fc.property(list, (text) => {
        expect(passedOn(passedOn(text))).toBe(passedOn(text));
      }),
      parameters,
    );
  });

  it('of several headers is one list', () => {
    fc.assert(
      fc.property(fc.array(list, { maxLength: 3 }), (texts) => {
        expect(passedOn(texts)).toBe(byTheGrammar(texts.join(',')));
      }),
      parameters,
    );
  });

  it('stays valid whatever is set and unset', () => {
    fc.assert(
      fc.property(list, fc.oneof(key, fc.string()), fc.oneof(value, fc.string()), (text, name, content) => {
        const state = W3cTraceState.from(text);
        for (const changed of [state?.set(name, content), state?.unset(name)]) {
          const written = changed?.serialize() ?? '';
          expect(byTheGrammar(written)).toBe(written);
        }
      }),
      parameters,
    );
  });

  it('of any kind of value never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (received) => {
        passedOn(received);
      }),
      parameters,
    );
  });
});

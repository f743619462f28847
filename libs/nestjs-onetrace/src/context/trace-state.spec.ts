import { describe, expect, it } from '@jest/globals';
import { W3cTraceState } from './trace-state.js';

const passedOn = (value: unknown) => W3cTraceState.from(value)?.serialize() ?? '';
const members = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`);
const EVERY_VALUE_CHARACTER = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index))
  .filter((character) => character !== ',' && character !== '=')
  .join('');

describe('tracestate', () => {
  it.each<[unknown, string]>([
    ['foo=1,bar=2', 'foo=1,bar=2'],
    [['foo=1,bar=2', 'rojo=1', '', 'baz=3'], 'foo=1,bar=2,rojo=1,baz=3'],
    ['foo=1 \t , \t bar=2, \t baz=3\t', 'foo=1,bar=2,baz=3'],
    [',,foo=1, ,\t,bar=2,', 'foo=1,bar=2'],
    ['tenant@vendor=1', 'tenant@vendor=1'],
    ['0tenant-_*/@vendor=1', '0tenant-_*/@vendor=1'],
    ['1=1', '1=1'],
    [`k= leading space`, 'k= leading space'],
    [`k=${EVERY_VALUE_CHARACTER}`, `k=${EVERY_VALUE_CHARACTER}`],
    [`${'a'.repeat(256)}=1`, `${'a'.repeat(256)}=1`],
    [`k=${'v'.repeat(256)}`, `k=${'v'.repeat(256)}`],
    ['foo=1,foo=2', 'foo=1,foo=2'],
    [members(32).join(','), members(32).join(',')],
    [`${members(32).join(',')},`, members(32).join(',')],
  ])('passes %j on as %j', (value, expected) => expect(passedOn(value)).toBe(expected));

  it('passes 512 characters and more on', () => {
    const long = members(32).map((member) => member.padEnd(256, 'v'));
    expect(passedOn(long.join(','))).toBe(long.join(','));
  });

  it.each<[unknown]>([
    ['foo'],
    ['foo='],
    ['=1'],
    ['foo =1'],
    ['FOO=1'],
    ['foo.bar=1'],
    ['@foo=1,bar=2'],
    ['-foo=1'],
    [`${'a'.repeat(257)}=1`],
    [`k=${'v'.repeat(257)}`],
    ['k=a=b'],
    ['k=a\tb'],
    ['k=\u00e9'],
    ['foo=1,bar'],
    ['foo=1\nbar=2'],
    ['\u00a0foo=1'],
    [members(33).join(',')],
    [`k=1,${' '.repeat(40_000)}`],
    [''],
    [7],
    [[{ toString: 0 }]],
    [undefined],
  ])('discards all of %j', (value) => expect(passedOn(value)).toBe(''));

  it('reads and changes members as OpenTelemetry asks: changed ones come first', () => {
    const state = W3cTraceState.from('foo=1,bar=2,foo=3');
    expect(state?.get('foo')).toBe('1');
    expect(state?.get('fo')).toBeUndefined();
    expect(state?.set('bar', '4').serialize()).toBe('bar=4,foo=1,foo=3');
    expect(state?.set('foo', '5').serialize()).toBe('foo=5,bar=2');
    expect(state?.set('Bad', '5').serialize()).toBe('foo=1,bar=2,foo=3');
    expect(state?.unset('foo').serialize()).toBe('bar=2');
    expect(W3cTraceState.from(members(32).join(','))?.set('new', '1').serialize().split(',')).toHaveLength(32);
  });
});

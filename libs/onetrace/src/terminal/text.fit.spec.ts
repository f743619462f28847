import { describe, expect, it } from '@jest/globals';
import { cut, fit, printable, widthOf, wrap } from './text.fit.js';

describe('cut', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['한국어입니다', 12, '한국어입니다'],
    ['한국어입니다', 6, '한국…'],
    ['한국어입니다', 5, '한국…'],
    ['👩‍👩‍👧‍👦 family', 4, '👩‍👩‍👧‍👦…'],
    ['ab cdef', 4, 'ab…'],
    ['abc', 0, ''],
  ])('%p to %d columns is %p', (text, columns, expected) => {
    expect(cut(text, columns)).toBe(expected);
    expect(widthOf(cut(text, columns))).toBeLessThanOrEqual(Math.max(columns, 0));
  });
});

it('fills to exactly the columns asked for, wide characters included', () => {
  for (const text of ['a', '한국어', '🙂🙂🙂']) {
    for (let columns = 1; columns < 12; columns += 1) expect(widthOf(fit(text, columns))).toBe(columns);
  }
  expect(fit('ab', 4, 'right')).toBe('  ab');
});

it('breaks at spaces and cuts what does not fit into the last line', () => {
  expect(wrap('one two three four five', 9, 2)).toEqual(['one two', 'three fo…']);
  expect(wrap('one', 9, 2)).toEqual(['one']);
});

it('lets no log line steer the terminal', () => {
  expect(printable('a\u001b[2Jb\u001b[31m\nc\u202ed')).toBe('ab c d');
  expect(printable('a\u0007b')).toBe('a b');
});

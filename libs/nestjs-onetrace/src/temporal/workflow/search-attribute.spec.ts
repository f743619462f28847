import { describe, expect, it } from '@jest/globals';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { carriedAttributeName, withSearchAttribute } from './search-attribute.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const MINE = { key: defineSearchAttributeKey('Department', 'KEYWORD'), value: 'a' };
const OURS = { key: { name: 'TraceId', type: 'KEYWORD' }, value: TRACE };

describe('adding the search attribute', () => {
  it.each([
    ['none', {}, [OURS]],
    ['a list', { typedSearchAttributes: [MINE] }, [MINE, OURS]],
    ['typed ones', { typedSearchAttributes: new TypedSearchAttributes([MINE]) }, [MINE, OURS]],
  ])("keeps the user's own: %s", (_what, options, typedSearchAttributes) => {
    expect(withSearchAttribute(options, 'TraceId', TRACE)).toEqual({ typedSearchAttributes });
  });

  it('keeps untyped ones', () => {
    const options = { searchAttributes: { Department: ['a'] } };
    expect(withSearchAttribute(options, 'TraceId', TRACE)).toEqual({ ...options, typedSearchAttributes: [OURS] });
  });

  it.each([
    { searchAttributes: { TraceId: ['own'] } },
    { typedSearchAttributes: [{ key: defineSearchAttributeKey('TraceId', 'KEYWORD'), value: 'own' }] },
  ])('lets one of the same name win: %j', (options) => {
    expect(withSearchAttribute(options, 'TraceId', TRACE)).toBe(options);
  });
});

describe('the attribute a running workflow carries', () => {
  const name = (attribute: string, value = TRACE) =>
    carriedAttributeName(
      new TypedSearchAttributes([MINE, { key: defineSearchAttributeKey(attribute, 'KEYWORD'), value }]),
      TRACE,
    );

  it('is known by its value, whatever it is called', () => {
    expect(name('TraceId')).toBe('TraceId');
    expect(name('OwnName')).toBe('OwnName');
  });

  it('is none when the workflow was started without, or eagerly, with the column instead of the name', () => {
    expect(name('TraceId', 'another trace')).toBeUndefined();
    expect(name('Keyword01')).toBeUndefined();
  });
});

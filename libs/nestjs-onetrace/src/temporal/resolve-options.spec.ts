import { describe, expect, it } from '@jest/globals';
import { referencePage, sectionOf, tablesOf } from '../semantics/reference-page.fixture.js';
import { temporalTracing, type TemporalTracingOptions } from './index.js';
import { TEMPORAL_OPTION_RULES } from './option-table.js';

const given = (options: unknown) => () => temporalTracing(options as TemporalTracingOptions);

describe('an option of temporalTracing', () => {
  it.each([['Trace Id'], [''], ['1st'], [7], [true], [null]])('"searchAttribute" is refused when it is %p', (value) => {
    expect(given({ searchAttribute: value })).toThrow(
      `temporalTracing option "searchAttribute" is ${JSON.stringify(value)}; it takes false or a name of letters, digits ` +
        'and underscores that begins with a letter. Correct it, or leave it out (then: `TraceId`)',
    );
  });

  it('that does not exist is refused with the nearest name', () => {
    expect(given({ searchAttributes: 'TraceId' })).toThrow(
      expect.objectContaining({
        code: 'ONETRACE_INVALID_OPTION',
        message: expect.stringMatching(
          /^temporalTracing has no option "searchAttributes"; did you mean "searchAttribute"\? It takes .*Rename or remove it$/,
        ),
      }),
    );
  });

  it.each([['staticSummary', 'yes']])('"%s" is refused when it is %p', (name, value) => {
    expect(given({ [name]: value })).toThrow(/it takes true or false/);
  });

  it.each([
    ['runWorkflowSpan', '"onStart" or "onComplete"'],
    ['continueAsNew', '"sameTrace" or "newTrace"'],
  ])('"%s" is refused when it is none of its words', (name, words) => {
    expect(given({ [name]: 'never' })).toThrow(`is "never"; it takes ${words}`);
  });

  it.each([['text'], [null], [[]]])('is no %p', (options) => {
    expect(given(options)).toThrow(/^temporalTracing got .* as its options; it takes an object$/);
  });

  it('left undefined is the same as left out', () => {
    expect(given({ searchAttribute: undefined, staticSummary: undefined })).not.toThrow();
  });

  it('stands in the reference, with what it takes and what applies without it', async () => {
    const [rows = []] = tablesOf(sectionOf(await referencePage('options.md'), 'temporalTracing'));
    expect(rows.map((row) => row.slice(0, 3))).toEqual(
      [...TEMPORAL_OPTION_RULES].map(([name, { accepts, otherwise }]) => [`\`${name}\``, accepts, otherwise]),
    );
  });
});

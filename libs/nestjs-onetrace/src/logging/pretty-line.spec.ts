import { describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { prettyLine } from './pretty-line.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const line = (fields: object): string =>
  `${JSON.stringify({ timestamp: '2026-11-21T08:00:00.123Z', level: 'INFO', message: 'opened', component: 'gateway', ...fields })}\n`;

describe('a line for people', () => {
  it('has time, level, component, message, fields and the trace ID in one row', () => {
    const text = prettyLine(
      line({
        trace_id: TRACE,
        span_id: 'b7ad6b7169203331',
        client_id: 'dept-a',
        extra: { items: 3, note: 'two words' },
      }),
      false,
    );
    expect(text).toMatch(/^\d\d:\d\d:00\.123 INFO {2}gateway opened client_id=dept-a items=3 note="two words" /);
    expect(text.endsWith(` ${TRACE}\n`)).toBe(true);
  });

  it('has the stack of an error below it, and what else is known of the error', () => {
    const error = { type: 'TypeError', message: 'bad', stack: 'TypeError: bad\n    at a.js:1:1', code: 'E1' };
    const rows = prettyLine(line({ level: 'ERROR', error }), false).split('\n');
    expect(rows.slice(1, 3)).toEqual(['    TypeError: bad', '        at a.js:1:1']);
    expect(rows.join('\n')).toContain('"code": "E1"');
  });

  it('has the stacks of what caused an error, as stacks', () => {
    const root = { type: 'RangeError', message: 'far', stack: 'RangeError: far\n    at b.js:2:2', extra: { row: 7 } };
    const errors = [
      { type: 'E', message: 'one' },
      { type: 'E', message: 'two', stack: 'E: two\n    at c.js:3:3' },
    ];
    const error = {
      type: 'TypeError',
      message: 'bad',
      stack: 'TypeError: bad\n    at a.js:1:1',
      cause: { ...root, errors },
    };
    const text = prettyLine(line({ level: 'ERROR', error }), false);
    expect(text).not.toContain('\\n');
    const rows = text.split('\n').map((row) => row.trim());
    expect(rows.slice(1, 5)).toEqual(['TypeError: bad', 'at a.js:1:1', 'caused by RangeError: far', 'at b.js:2:2']);
    expect(rows.slice(-4, -1)).toEqual(['error 1: E: one', 'error 2: E: two', 'at c.js:3:3']);
    expect(text).toContain('"row": 7');
  });

  it('has an ID of the request that is the trace ID once', () => {
    const row = (requestId: string) =>
      prettyLine(line({ trace_id: TRACE, extra: { request_id: requestId, a: 1 } }), false);
    expect(row(TRACE).split(TRACE)).toHaveLength(2);
    expect(row(TRACE)).toContain(' a=1 ');
    expect(row('r-1')).toContain('request_id=r-1');
  });

  it('differs in nothing but colour where the terminal has colours', () => {
    const text = line({ level: 'WARN', trace_id: TRACE, extra: { a: 1 }, error: { type: 'E', message: 'm' } });
    const coloured = prettyLine(text, true);
    expect(coloured).not.toBe(prettyLine(text, false));
    expect(stripVTControlCharacters(coloured)).toBe(prettyLine(text, false));
  });

  it('obeys nobody: a text cannot steer the terminal or begin a row of its own', () => {
    const evil = 'a\u001b[2J\r\nFATAL\u009b31m\u2028\u202e\u2066\u061c\ufeff';
    const error = { type: evil, message: evil, stack: `E: ${evil}` };
    const text = prettyLine(
      line({ message: evil, component: evil, client_id: evil, extra: { [evil]: evil }, error }),
      false,
    );
    expect(text).not.toMatch(/[\u001b\r\u009b\u2028\u202e\u2066\u061c\ufeff]/);
    expect(text.split('\n').filter((row) => row.startsWith('FATAL'))).toEqual([]);
  });

  it('gives back what is no line', () => {
    expect(prettyLine('text\n', true)).toBe('text\n');
  });
});

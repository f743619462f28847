import { describe, expect, it } from '@jest/globals';
import { parameterNames } from '../tracing/parameter-names.js';
import { ATTR } from './attributes.js';
import { LOG_FIELDS } from './log-fields.js';
import { LOG_FIELD_DESCRIPTIONS, logFieldRows, logLineSchema } from './log-line-schema.js';
import { METRICS } from './metric-names.js';
import { referencePage } from './reference-page.fixture.js';
import { SPAN_EVENTS, SPAN_NAMES } from './span-names.js';

/** First cells, without their quotes, of all rows of all tables of a page; rows that say nothing are refused. */
async function firstCells(page: string): Promise<string[]> {
  const text = await referencePage(page);
  const rows = [...text.matchAll(/^\| `(.+?)` +\|(.*)\|$/gm)];
  for (const [row, , rest = ''] of rows)
    expect({ row, says: rest }).toEqual({ row, says: expect.stringMatching(/\w/) });
  return rows.map(([, name = '']) => name);
}

describe('the reference', () => {
  it('has a row for every attribute key, and for no other', async () => {
    expect((await firstCells('attributes.md')).sort()).toEqual(Object.values(ATTR).sort());
  });

  it('has a row for every metric', async () => {
    expect(await firstCells('metrics.md')).toEqual(expect.arrayContaining(Object.values(METRICS)));
  });

  it('has a row for every span name, and for no other', async () => {
    const names = Object.values<string | ((...parts: never[]) => string)>(SPAN_NAMES).map((name): string => {
      if (typeof name === 'string') return name;
      const parts = parameterNames(name).map((part) => `{${part}}`);
      return Reflect.apply<undefined, string[], string>(name as (...parts: string[]) => string, undefined, parts);
    });
    expect((await firstCells('span-names.md')).sort()).toEqual(names.sort());
  });

  it('has a row for every span event, and for no other', async () => {
    expect((await firstCells('span-events.md')).sort()).toEqual(Object.values(SPAN_EVENTS).sort());
  });

  it('has the table of the fields of a line that the sources describe', async () => {
    const page = await referencePage('log-line.md');
    const rows = page.match(/^\| `[a-z_]+`.*$/gm)?.map((row) => row.replace(/ +\|/g, ' |'));
    expect(rows).toEqual(logFieldRows());
    expect(Object.keys(LOG_FIELD_DESCRIPTIONS)).toEqual([...LOG_FIELDS, 'error', 'extra']);
  });

  it('has the JSON Schema of a line that the sources describe', async () => {
    const schema = await referencePage('log-line.schema.json');
    expect(JSON.parse(schema)).toEqual(logLineSchema());
  });
});

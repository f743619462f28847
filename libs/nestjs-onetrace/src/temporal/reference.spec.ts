import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import * as temporal from './index.js';

it('has a row in the reference for everything that the entry of Temporal exports, and for nothing else', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../../docs/reference/exports.md'), 'utf8');
  const [, section = ''] = page.split('\n## nestjs-onetrace/temporal\n');
  const [, , ...rows] = (/(?:^\|.*\n)+/m.exec(section)?.[0] ?? '').trimEnd().split('\n');
  const names = rows.flatMap((row) => row.split('|', 2)[1]?.match(/\w+/g) ?? []);
  expect(names.sort()).toEqual(Object.keys(temporal).sort());
});

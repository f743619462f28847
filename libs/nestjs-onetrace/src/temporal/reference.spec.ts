import { expect, it } from '@jest/globals';
import { namesIn, referencePage, sectionOf, tablesOf } from '../semantics/reference-page.fixture.js';
import * as temporal from './index.js';

it('has a row in the reference for everything that the entry of Temporal exports, and for nothing else', async () => {
  const [rows = []] = tablesOf(sectionOf(await referencePage('exports.md'), 'nestjs-onetrace/temporal'));
  expect(namesIn(rows)).toEqual(Object.keys(temporal).sort());
});

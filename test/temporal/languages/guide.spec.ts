import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LANGUAGES } from '../../../tools/setup/language-workers.ts';

const GUIDE = readFileSync(new URL('../../../docs/guide/temporal-languages.md', import.meta.url), 'utf8');

describe('the guide to workers in other languages', () => {
  it.each(LANGUAGES)('shows lines of the worker in %s that runs here', (language) => {
    const folder = new URL(`${language}/`, import.meta.url);
    const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
    const running = new Set(sources.flatMap((source) => source.split('\n').map((line) => line.trim())));
    const shown = [...GUIDE.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].flatMap(([, code = '']) =>
      code.split('\n').map((line) => line.trim()),
    );
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.filter((line) => line !== '' && !running.has(line))).toEqual([]);
  });
});

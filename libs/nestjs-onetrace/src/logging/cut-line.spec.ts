import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { MAX_LINE_BYTES } from '../semantics/index.js';
import { LINE_FIELDS } from './line-fields.js';
import { createRootLogger } from './root-logger.js';

interface Line {
  readonly message: string;
  readonly error?: { readonly stack: string };
  readonly extra: Readonly<Record<string, unknown>> & { readonly cut: Readonly<Record<string, number>> };
}

let text = '';
const destination = { write: (line: string) => void (text = line) };
const root = createRootLogger({ component: 'worker', level: 'debug', destination });

function last(): Line {
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_LINE_BYTES);
  return JSON.parse(text) as Line;
}

const MOST_OF_A_LINE = 28_000;

describe('a line that is cut', () => {
  it('says in `cut` what the reference gives as its example', () => {
    const reference = readFileSync('docs/reference/log-line.md', 'utf8');
    const example = JSON.parse(`{${/"cut": \{[^}]*\}/.exec(reference)?.[0] ?? ''}}`) as { cut: Record<string, number> };
    expect(Object.keys(example.cut)).toEqual(['message', 'extra.body']);
    root.info({ body: 'b'.repeat(example.cut['extra.body'] ?? 0) }, 'm'.repeat(example.cut['message'] ?? 0));
    expect(last().extra.cut).toEqual(example.cut);
  });

  it('gives its room to the one part that is long', () => {
    root.info('m'.repeat(120_000));
    expect(last().message.length).toBeGreaterThan(MOST_OF_A_LINE);
    expect(last().extra.cut).toEqual({ message: 120_000 });
    root.info({ body: 'b'.repeat(65_000), ward: 'b' }, 'long');
    expect((last().extra['body'] as string).length).toBeGreaterThan(MOST_OF_A_LINE);
    expect(last().extra).toMatchObject({ ward: 'b', cut: { 'extra.body': 65_000 } });
    const error = Object.assign(new Error('far'), { stack: `Error: far\n${'    at a.js\n'.repeat(10_000)}` });
    root.error({ err: error, detail: ['d'.repeat(60_000)] }, 'long');
    expect(last().error?.stack.length).toBeGreaterThan(10_000);
    expect(JSON.stringify(last().extra['detail']).length).toBeGreaterThan(10_000);
  });

  it('shares it among several, and leaves what is short whole', () => {
    root.info({ one: 'é'.repeat(40_000), two: { deep: '\u0000'.repeat(40_000) }, ward: 'b' }, 'm'.repeat(500));
    const { message, extra } = last();
    expect(message).toHaveLength(500);
    expect(extra['ward']).toBe('b');
    expect(extra.cut['extra.one']).toBe(80_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(26_000);
    expect((extra['one'] as string).length).toBeGreaterThan(6000);
    expect(JSON.stringify(extra['two']).length).toBeGreaterThan(6000);
  });

  it('keeps a message that fits whole beside an error and fields that do not', () => {
    root.info({ [LINE_FIELDS]: { extra: { body: 'b'.repeat(90_000) } } }, 'm'.repeat(9000));
    expect(last().message).toHaveLength(9000);
  });
});

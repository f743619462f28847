import { describe, expect, it } from '@jest/globals';
import { MAX_LINE_BYTES } from '../semantics/index.js';
import { LINE_TIME } from './line-fields.js';
import { createRootLogger } from './root-logger.js';

function logger(level = 'debug') {
  const texts: string[] = [];
  const root = createRootLogger({
    component: 'worker',
    level,
    destination: { write: (text) => void texts.push(text) },
  });
  return { root, texts, last: () => JSON.parse(texts.at(-1) ?? 'null') as Record<string, unknown> };
}

describe('a line', () => {
  it('has its fields in order and everything else inside extra', () => {
    const { root, last } = logger();
    root.info({ colour: 'red', workflow_id: 'w-1', duration_ms: 12, attempt: 2 }, 'done');
    expect(Object.keys(last())).toEqual([
      'timestamp',
      'level',
      'message',
      'component',
      'workflow_id',
      'attempt',
      'duration_ms',
      'extra',
    ]);
    expect(last()).toMatchObject({ level: 'INFO', message: 'done', component: 'worker', extra: { colour: 'red' } });
  });

  it('keeps user fields that collide with ours out of the top', () => {
    const { root, last } = logger();
    root.warn({ timestamp: 'yesterday', level: 7, message: 'mine', trace_id: 42, duration_ms: 'long' }, 'theirs');
    expect(last()).toMatchObject({
      level: 'WARN',
      message: 'theirs',
      extra: { timestamp: 'yesterday', level: 7, message: 'mine', trace_id: 42, duration_ms: 'long' },
    });
    expect(last()).not.toHaveProperty('trace_id');
  });

  it('carries the bindings of child loggers', () => {
    const { root, last } = logger();
    root.child({ component: 'connector', shard: 3 }).child({ pipeline_id: 'p' }).info('hello');
    expect(last()).toMatchObject({ component: 'connector', pipeline_id: 'p', extra: { shard: 3 } });
  });

  it('describes whatever was thrown', () => {
    const { root, last } = logger();
    root.error(new TypeError('bad'), 'it broke');
    expect(last()).toMatchObject({
      level: 'ERROR',
      error: { type: 'TypeError', message: 'bad', stack: expect.stringContaining('TypeError: bad') },
    });
    root.error({ err: 'just a text' }, 'it broke');
    expect(last()).toMatchObject({ error: { type: 'string', message: 'just a text' } });
  });

  it('cannot be forged: control characters stay inside their value', () => {
    const { root, texts } = logger();
    root.info({ evil: 'a\n{"level":"FATAL"}\u001b[2J' }, 'one\nline\u2028here');
    expect(texts).toHaveLength(1);
    expect(texts[0]?.trimEnd()).not.toMatch(/[\n\r\u001b]/);
  });

  it('survives every value', () => {
    const { root, last } = logger();
    const circular: Record<string, unknown> = { big: 10n, date: new Date(0), map: new Map() };
    circular['self'] = circular;
    root.info(
      {
        circular,
        nothing: undefined,
        fn: () => 1,
        bad: {
          get x(): never {
            throw new Error('no');
          },
        },
      },
      'odd',
    );
    expect(last()['message']).toBe('odd');
  });

  it('redacts by key at every depth, and what a path of the user names', () => {
    const { root, texts } = logger();
    root.info({ a: { b: [{ password: 'hunter2', accessToken: 'abc.def' }] }, usage: { input_tokens: 12 } }, 'secret');
    expect(texts[0]).not.toMatch(/hunter2|abc\.def/);
    expect(texts[0]).toContain('"input_tokens":12');
    root.child({}, { redact: ['patient.id'] }).info({ patient: { id: 'P-77', ward: 3 } }, 'mine');
    expect(texts[1]).not.toContain('P-77');
    expect(texts[1]).toContain('"ward":3');
  });

  it('is cut when it is longer than 32 KiB, stays JSON and says so', () => {
    const { root, texts, last } = logger();
    root.info({ blob: 'é'.repeat(40_000) }, 'long');
    expect(Buffer.byteLength(texts[0] ?? '')).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(last()).toMatchObject({ message: 'long', extra: { cut: true, bytes: expect.any(Number) } });
  });

  it('tells when something was said, also when it arrives late', () => {
    const { root, last } = logger();
    root.info({ [LINE_TIME]: 0 }, 'long ago');
    expect(last()['timestamp']).toBe('1970-01-01T00:00:00.000Z');
  });

  it('writes nothing below the level', () => {
    const { root, texts } = logger('warn');
    root.info('quiet');
    expect(texts).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { LINE_FIELDS, LINE_TIME, type LineFields } from './line-fields.js';
import { createRootLogger } from './root-logger.js';

const IDS = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };

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
  it('has its fields in order: those of our own code at the top, everything else inside extra', () => {
    const { root, last } = logger();
    const fields = {
      extra: { colour: 'red' },
      duration_ms: 12,
      attempt: 2,
      run_id: 'r-1',
      workflow_id: 'w-1',
      activity: 'a',
    };
    root.info({ [LINE_FIELDS]: { ...fields, ...IDS, client_id: 'c', error: new Error('no') } }, 'done');
    expect(Object.keys(last())).toEqual([
      ...['timestamp', 'level', 'message', 'trace_id', 'span_id', 'component', 'client_id', 'workflow_id', 'run_id'],
      ...['activity', 'attempt', 'duration_ms', 'error', 'extra'],
    ]);
    expect(last()).toMatchObject({ level: 'INFO', message: 'done', component: 'worker', extra: { colour: 'red' } });
  });

  it("keeps a user's fields inside extra whatever they are called, those of child loggers too", () => {
    const { root, last } = logger();
    const mine = {
      timestamp: 'yesterday',
      level: 7,
      message: 'mine',
      ...IDS,
      component: 'edge',
      tenant_id: 'mallory',
      extra: { a: 1 },
    };
    root.warn(mine, 'theirs');
    const { timestamp, ...line } = last();
    expect(line).toEqual({ level: 'WARN', message: 'theirs', component: 'worker', extra: mine });
    expect(timestamp).not.toBe('yesterday');
    root.child({ component: 'connector', shard: 3 }).child({ trace_id: 'p' }).info({ b: 2 }, 'hello');
    expect(last()).toMatchObject({
      component: 'worker',
      extra: { component: 'connector', shard: 3, trace_id: 'p', b: 2 },
    });
    expect(last()).not.toHaveProperty('trace_id');
  });

  it('takes what a top-level field may not be, and what is none, into extra', () => {
    const { root, last } = logger();
    const wrong = {
      trace_id: 'x',
      span_id: '0'.repeat(16),
      attempt: 0,
      duration_ms: Number.NaN,
      client_id: 7,
      colour: 'red',
    };
    root.info(
      { [LINE_FIELDS]: { ...wrong, tenant_id: '', user_id: undefined, pipeline_id: 'p' } as unknown as LineFields },
      'odd',
    );
    expect(last()).toMatchObject({ pipeline_id: 'p', extra: { ...wrong, duration_ms: 'NaN' } });
    expect(Object.keys(last())).toEqual(['timestamp', 'level', 'message', 'component', 'pipeline_id', 'extra']);
  });

  it('writes a key once where a child logger and the line both have it: the line wins', () => {
    const { root, texts, last } = logger();
    root.child({ shard: 3, ward: 'a' }).info({ shard: 4 }, 'hello');
    expect(last()['extra']).toEqual({ shard: 4, ward: 'a' });
    expect(texts[0]?.split('"shard"')).toHaveLength(2);
  });

  it('follows bindings that change', () => {
    const { root, last } = logger();
    const child = root.child({ shard: 3 });
    child.info('one');
    child.setBindings({ shard: 4 });
    child.info('two');
    expect(last()['extra']).toEqual({ shard: 4 });
    root.info('three');
    expect(last()).not.toHaveProperty('extra');
  });

  it("takes an object's own message where the call has none", () => {
    const { root, last } = logger();
    root.info({ message: 'hello', ward: 1 });
    expect(last()).toMatchObject({ message: 'hello', extra: { ward: 1 } });
    root.info({ msg: 'hello', message: 'there' });
    expect(last()).toMatchObject({ message: 'hello', extra: { message: 'there' } });
    root.error(new TypeError('bad'));
    expect(last()).toMatchObject({ message: 'bad', error: { type: 'TypeError' } });
    root.info({ ward: 1 });
    expect(last()).toMatchObject({ message: '', extra: { ward: 1 } });
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
    root.error({ error: new RangeError('far'), ward: 1 }, 'it broke');
    expect(last()).toMatchObject({ error: { type: 'RangeError' }, extra: { ward: 1 } });
    root.error({ error: 'a word of the application' }, 'it broke');
    expect(last()).toMatchObject({ extra: { error: 'a word of the application' } });
    expect(last()).not.toHaveProperty('error');
  });

  it('redacts by key at every depth, and what a path of the user names', () => {
    const { root, texts } = logger();
    root.info({ a: { b: [{ password: 'hunter2', accessToken: 'abc.def' }] }, usage: { input_tokens: 12 } }, 'secret');
    expect(texts[0]).not.toMatch(/hunter2|abc\.def/);
    expect(texts[0]).toContain('"input_tokens":12');
    root.child({}, { redact: ['patient.id'] }).info({ patient: { id: 'P-77', ward: 3 } }, 'mine');
    expect(texts[1]).not.toContain('P-77');
    expect(texts[1]).toContain('"ward":3');
    const own = root.child({}, { redact: ['patient.id', 'err.response.body'] });
    own.error({ [LINE_FIELDS]: { extra: { patient: { id: 'P-77' } } } }, 'ours');
    own.error({ err: Object.assign(new Error('no'), { response: { body: 'P-77', status: 5 } }) }, 'theirs');
    expect(texts.slice(2).join()).not.toContain('P-77');
    expect(texts[3]).toContain('"status":5');
    root
      .child({}, { redact: { paths: ['patient', '*.pin'], remove: true } })
      .info({ patient: 1, a: { pin: 2, b: 3 } }, 'gone');
    expect(JSON.parse(texts[4] ?? '')).toMatchObject({ extra: { a: { b: 3 } } });
    expect(texts[4]).not.toMatch(/patient|pin/);
  });

  it('keeps to the lists of privacy in the spellings of code', () => {
    const { root, texts } = logger();
    root.info(
      { userId: 'ada', patient: { id: 'P-77', ward: 3 }, order: { id: 'O-1' }, list: [{ patient_id: 'P-78' }] },
      'mine',
    );
    expect(texts[0]).not.toMatch(/ada|P-7/);
    expect(texts[0]).toContain('"ward":3},"order":{"id":"O-1"}');
  });

  it('tells when something was said, also when it arrives late', () => {
    const { root, last, texts } = logger();
    root.info({ [LINE_TIME]: 0 }, 'long ago');
    expect(last()['timestamp']).toBe('1970-01-01T00:00:00.000Z');
    const second = Date.UTC(2026, 10, 21, 23, 59, 59);
    for (const time of [
      second + 7,
      second,
      second + 999,
      second + 1000,
      second + 40,
      -1,
      second + 1.5,
      253402300800000,
    ])
      root.info({ [LINE_TIME]: time }, 'some time');
    expect(texts.slice(1).map((line) => (JSON.parse(line) as { timestamp: string }).timestamp)).toEqual([
      '2026-11-21T23:59:59.007Z',
      '2026-11-21T23:59:59.000Z',
      '2026-11-21T23:59:59.999Z',
      '2026-11-22T00:00:00.000Z',
      '2026-11-21T23:59:59.040Z',
      '1969-12-31T23:59:59.999Z',
      '2026-11-21T23:59:59.001Z',
      '+010000-01-01T00:00:00.000Z',
    ]);
  });

  it('gives a time that no date can hold the time of now', () => {
    const { root, last } = logger();
    root.info({ [LINE_TIME]: 9e15 }, 'never');
    expect(Math.abs(Date.parse(String(last()['timestamp'])) - Date.now())).toBeLessThan(60_000);
  });

  it('writes nothing below the level', () => {
    const { root, texts } = logger('warn');
    root.info('quiet');
    expect(texts).toEqual([]);
  });
});

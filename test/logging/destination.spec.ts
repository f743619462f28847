import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { hasEnded } from '../../tools/chain/child-end.ts';
import { type LoggingProcess, startLoggingProcess } from './logging.process.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly error?: { readonly type: string; readonly message: string };
  readonly extra?: Record<string, unknown>;
}

let running: LoggingProcess | undefined;
afterEach(async () => {
  if (running !== undefined && !hasEnded(running.child)) {
    running.child.kill('SIGKILL');
    await running.ended;
  }
  running?.stdout.destroy();
  running = undefined;
});

function start(scenario: string, env?: Record<string, string>): LoggingProcess {
  running = startLoggingProcess(scenario, env);
  return running;
}

const parse = (texts: readonly string[]): Line[] => texts.map((text) => JSON.parse(text) as Line);
const numbers = (lines: readonly Line[]): unknown[] =>
  lines.filter(({ message }) => message === 'a line').map(({ extra }) => extra?.['line']);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('stdout, as a pipe whose reader is slow', () => {
  it.each([
    ['end', { code: 0, signal: null }],
    ['exit', { code: 3, signal: null }],
    ['uncaught', { code: 1, signal: null }],
  ])(
    'loses no line when the process ends by %s',
    async (scenario, how) => {
      const child = start(scenario);
      const lines = parse(await child.read('slow'));
      expect(await child.ended).toEqual(how);
      expect(numbers(lines)).toEqual(upTo(2000));
    },
    60_000,
  );

  it.each(['waitingExit', 'waitingUncaught'])(
    'gets lines that may wait in their order, also of a turn in which the process ends: %s',
    async (scenario) => {
      const child = start(scenario);
      const told = parse(await child.read()).map(({ message, extra }) => [message, extra?.['model']]);
      const first = told.findIndex(([message]) => message === 'model call started');
      expect(told.slice(first, first + 5)).toEqual([
        ['model call started', 'first'],
        ['model request sent', 'first'],
        ['between', undefined],
        ['model call started', 'second'],
        ['model request sent', 'second'],
      ]);
    },
    60_000,
  );

  it('loses no line when a signal closes the application', async () => {
    const child = start('signal');
    const reading = child.read('slow');
    await child.heard('ready');
    child.child.kill('SIGTERM');
    const lines = parse(await reading);
    expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(numbers(lines)).toEqual(upTo(2000));
  }, 60_000);

  it('holds nobody up and no more than its queue, counts the rest, and says so when it goes on', async () => {
    const child = start('flood');
    // Nobody has read a byte so far.
    expect(await child.heard('written')).toMatchObject({ written: 10_000 });
    const reading = child.read();
    await child.printed('log lines were dropped');
    child.child.send('go on');
    const lines = parse(await reading);
    expect(await child.ended).toEqual({ code: 0, signal: null });
    const kept = numbers(lines).length;
    expect(kept).toBeGreaterThan(3000);
    expect(kept).toBeLessThan(6000);
    expect(numbers(lines)).toEqual(upTo(kept));
    const said = lines.filter(({ message }) => message.startsWith('log lines were dropped'));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({ level: 'WARN', extra: { lines: 10_000 - kept, queue_full: 10_000 - kept } });
    expect(lines.at(-1)?.message).toBe('after the flood');
    expect(await child.heard('dropped')).toEqual({ dropped: { queue_full: 10_000 - kept } });
  }, 60_000);

  it('does not keep a process whose reader takes nothing from ending', async () => {
    const child = start('stuck');
    await child.heard('exit');
    expect(await child.ended).toEqual({ code: 0, signal: null });
  }, 60_000);
});

describe('stdout, as a pipe that several write to', () => {
  it.each([
    ['threads', 4],
    ['processes', 3],
  ])(
    '%s: no line comes in between the parts of another',
    async (scenario, writers) => {
      const lines = parse(await start(scenario).read('slow')).filter(({ message }) => message === 'a line');
      const byWriter = Object.groupBy(lines, ({ extra }) => String(extra?.['who']));
      expect(Object.keys(byWriter)).toHaveLength(writers);
      for (const own of Object.values(byWriter)) {
        const told = numbers(own ?? []) as number[];
        expect(told).toEqual(told.toSorted((a, b) => a - b));
      }
    },
    60_000,
  );
});

describe('a file that is written asynchronously', () => {
  it('has every line when a signal closes the application', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onetrace-lines-'));
    try {
      const child = start('signalFile', { LOG_FILE: join(folder, 'lines') });
      await child.heard('ready');
      child.child.kill('SIGTERM');
      expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' });
      const text = await readFile(join(folder, 'lines'), 'utf8');
      expect(numbers(parse(text.trimEnd().split('\n')))).toEqual(upTo(2000));
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);
});

describe('stdout, as a pipe whose reader has gone', () => {
  it('neither ends the process nor keeps it from ending', async () => {
    const child = start('trickle');
    await child.heard('ready');
    child.stdout.destroy();
    await once(child.stdout, 'close');
    expect(await child.heard('dropped')).toEqual({ dropped: { closed: expect.any(Number) } });
    child.child.send('end');
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect(child.noise).toEqual([]);
  }, 60_000);
});

describe('the last words of a process', () => {
  it.each([
    ['uncaught', 'uncaught exception', 'FATAL', { type: 'TypeError', message: 'the disk is gone' }, 1],
    ['rejection', 'unhandled rejection', 'FATAL', { type: 'RangeError', message: 'nobody waits for this' }, 1],
    ['handled', 'uncaught exception', 'ERROR', { type: 'TypeError', message: 'somebody takes this' }, 0],
    ['failedStart', 'no database', 'ERROR', { type: 'Error', message: 'no database' }, 1],
    ['failedStartBuffered', 'no database', 'ERROR', { type: 'Error', message: 'no database' }, 1],
  ])(
    '%s: a line, and the process ends as it would without',
    async (scenario, message, level, error, code) => {
      const child = start(scenario);
      const lines = parse(await child.read());
      expect(await child.ended).toEqual({ code, signal: null });
      expect(lines.at(-1)).toMatchObject({ message, level, error });
      const printed = child.noise.join('\n').includes(error.message);
      expect(printed).toBe(scenario === 'uncaught' || scenario === 'rejection');
    },
    60_000,
  );

  it('are those of the application also where its own logger fails with what Nest holds back', async () => {
    const child = start('uncaughtBesideBrokenLogger');
    const lines = parse(await child.read());
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(lines.at(-1)).toMatchObject({ level: 'FATAL', error: { message: 'the disk is gone' } });
    expect(child.noise.join('\n')).toContain('the disk is gone');
  }, 60_000);

  it('include what Nest holds back when an error ends the process before anybody has asked for it', async () => {
    const child = start('uncaughtWhileBuffered');
    const lines = parse(await child.read());
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(lines.map(({ message }) => message)).toContain('held back');
    expect(lines.at(-1)).toMatchObject({ level: 'FATAL', message: 'uncaught exception' });
  }, 60_000);
});

describe('every line of stdout', () => {
  it('is in the schema from the first word of Nest on', async () => {
    const child = start('nest');
    const lines = parse(await child.read());
    expect(lines[0]).toMatchObject({ message: 'Starting Nest application...', extra: { context: 'NestFactory' } });
    expect(lines.at(-1)).toMatchObject({ message: 'nearly full', extra: { context: 'Cart', items: 99 } });
  }, 60_000);

  it('comes from warnings too, which Node still prints', async () => {
    const child = start('warning');
    const lines = parse(await child.read());
    expect(lines.at(-1)).toMatchObject({ level: 'WARN', message: 'Caution: careful', extra: { code: 'C1' } });
    expect(child.noise.join('\n')).toContain('careful');
  }, 60_000);

  it('comes from no warning that is none, and such a thing does no harm', async () => {
    const child = start('oddWarnings');
    const lines = parse(await child.read());
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect(lines.at(-1)).toMatchObject({ message: 'still here' });
    expect(lines.filter(({ extra }) => extra?.['warning'] !== undefined)).toEqual([]);
  }, 60_000);

  it('comes from the console on request, until the application is closed', async () => {
    const child = start('console');
    const texts = await child.read();
    expect(texts.at(-1)).toBe('text again');
    const lines = parse(texts.slice(0, -1)).filter(({ extra }) => extra?.['console'] !== undefined);
    expect(lines).toMatchObject([
      { level: 'INFO', message: 'cart has 3 items' },
      { level: 'ERROR', message: 'odd', error: { type: 'Error' } },
      { level: 'INFO', message: expect.stringContaining('(index)') },
      { level: 'INFO', extra: { arguments: [{ password: '[redacted]', colour: 'red' }] } },
    ]);
  }, 60_000);
});

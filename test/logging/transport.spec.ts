import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';

interface Line {
  readonly level: string | number;
  readonly message: string;
}

type End = 'close' | 'exit' | 'signal';

const ROOT = join(import.meta.dirname, '../..');
const LONGEST_RUN_MS = 60_000;
const ENDS: readonly End[] = ['close', 'exit', 'signal'];
/** What the program says, and the levels of it in the schema. */
const NAMED = { trace: 'DEBUG', debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };
/** The same in pino's numbers. */
const NUMBERED = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 };
const SEVERE = ['warn', 'error', 'fatal'];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-transport-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs a scenario of `transport.program.ts` to its end; gives what stands on its stdout and stderr. */
async function run(scenario: string, end: End = 'close', expectedCode = 0): Promise<string> {
  const program = fileURLToPath(new URL('transport.program.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, scenario, end], {
    env: { ...process.env, NODE_OPTIONS: '', LINES: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  const outputs = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const output = outputs[0] + outputs[1];
  const ended = { code: child.exitCode, signal: child.signalCode, output };
  expect(ended).toEqual(
    end === 'signal' ? { code: null, signal: 'SIGTERM', output } : { code: expectedCode, signal: null, output },
  );
  return output;
}

async function linesOf(file: string): Promise<Line[]> {
  const texts = (await readFile(join(folder, file), 'utf8')).split('\n').slice(0, -1);
  return texts.map((line) => JSON.parse(line) as Line);
}

/** The levels of what the program itself says, in its order. */
async function saidIn(file: string): Promise<[string, unknown][]> {
  return (await linesOf(file)).flatMap(({ level, message }): [string, unknown][] => {
    const said = /^an? (\w+)(?: line)?$/.exec(message)?.[1];
    return said === undefined ? [] : [[said, level]];
  });
}

const only = (levels: Readonly<Record<string, unknown>>, names: readonly string[]): [string, unknown][] =>
  Object.entries(levels).filter(([name]) => names.includes(name));
const all = (levels: Readonly<Record<string, unknown>>): [string, unknown][] => Object.entries(levels);

async function expectSchema(...files: readonly string[]): Promise<void> {
  const schema = JSON.parse(await readFile(join(ROOT, 'docs/reference/log-line.schema.json'), 'utf8')) as object;
  const isLine = new Ajv2020().compile(schema);
  for (const file of files) {
    for (const line of await linesOf(file)) {
      const valid = isLine(line);
      expect({ line, errors: isLine.errors ?? [], valid }).toEqual({ line, errors: [], valid: true });
    }
  }
}

describe("transport of an application's own LoggerModule", () => {
  it.each(
    ['module', 'moduleAfter', 'moduleAsync', 'streamOfLines'].flatMap((scenario) =>
      ENDS.map((end) => [scenario, end] as const),
    ),
  )(
    '%s, by %s: every target gets what its level lets through, once, in the schema',
    async (scenario, end) => {
      await run(scenario, end);
      expect(await saidIn('all')).toEqual(all(NAMED));
      expect(await saidIn('warnings')).toEqual(only(NAMED, SEVERE));
      await expectSchema('all', 'warnings');
    },
    LONGEST_RUN_MS,
  );

  it.each(['moduleOneTarget', 'moduleSingle', 'modulePipeline'])(
    '%s: one target gets every line',
    async (scenario) => {
      await run(scenario);
      expect(await saidIn('all')).toEqual(all(NAMED));
      await expectSchema('all');
    },
    LONGEST_RUN_MS,
  );

  it(
    'gives a pipeline with a level what that lets through',
    async () => {
      await run('modulePipelineWithLevel');
      expect(await saidIn('all')).toEqual(only(NAMED, SEVERE));
    },
    LONGEST_RUN_MS,
  );

  it(
    'gives each line to one target with `dedupe`',
    async () => {
      await run('moduleDedupe');
      expect(await saidIn('all')).toEqual(only(NAMED, ['trace', 'debug', 'info']));
      expect(await saidIn('warnings')).toEqual(only(NAMED, SEVERE));
    },
    LONGEST_RUN_MS,
  );

  it(
    "gives a target at a level of the application's own no line too few",
    async () => {
      await run('moduleCustomLevels');
      expect(await saidIn('all')).toEqual(all(NAMED));
      expect(await saidIn('notices')).toEqual(only(NAMED, ['info', ...SEVERE]));
    },
    LONGEST_RUN_MS,
  );

  it(
    'is refused by pino together with `formatters.level`, and the start says so',
    async () => {
      const output = await run('moduleWithFormatter', 'close', 1);
      expect(output).toContain('option.transport.targets do not allow custom level formatters');
    },
    LONGEST_RUN_MS,
  );

  it(
    'has what Nest says, from its first word on',
    async () => {
      const output = await run('nest');
      expect(output).toBe('');
      expect((await linesOf('warnings')).map(({ message }) => message)).toEqual(['nearly full']);
      expect((await linesOf('all'))[0]?.message).toBe('Starting Nest application...');
    },
    LONGEST_RUN_MS,
  );
});

describe('a transport that is ready when we get it', () => {
  const destined = ['debug', 'info', 'warn'];

  it.each(ENDS)(
    'by %s: `logging.destination` built with lineTransport gets the schema',
    async (end) => {
      await run('lineTransport', end);
      expect(await saidIn('all')).toEqual(only(NAMED, destined));
      expect(await saidIn('warnings')).toEqual(only(NAMED, ['warn']));
      await expectSchema('all', 'warnings');
    },
    LONGEST_RUN_MS,
  );

  it.each(ENDS)(
    'by %s: `logging.destination` built with pino.transport gets every line, with a number for its level, and is told so once',
    async (end) => {
      await run('destination', end);
      expect(await saidIn('all')).toEqual(only(NUMBERED, destined));
      expect(await saidIn('warnings')).toEqual(only(NUMBERED, ['warn']));
      const notices = (await linesOf('all')).filter(({ message }) => message.includes('lineTransport()'));
      expect(notices).toMatchObject([{ level: 40 }]);
    },
    LONGEST_RUN_MS,
  );

  it(
    'as one of several destinations keeps the level that it has there',
    async () => {
      await run('destinations');
      expect(await saidIn('all')).toEqual(only(NUMBERED, ['info', 'warn']));
    },
    LONGEST_RUN_MS,
  );

  it.each(ENDS)(
    'by %s: one target without a level gets the schema however it was built',
    async (end) => {
      await run('singleDestination', end);
      expect(await saidIn('all')).toEqual(only(NAMED, destined));
      await expectSchema('all');
    },
    LONGEST_RUN_MS,
  );

  it.each(['stream', 'streamWithFormatter', 'adopted', 'multistreamOfTransports'])(
    '%s: targets get every line, with a number for its level',
    async (scenario) => {
      const output = await run(scenario, 'signal');
      expect(await saidIn('all')).toEqual(all(NUMBERED));
      expect(await saidIn('warnings')).toEqual(only(NUMBERED, SEVERE));
      expect(output.split('lineTransport()')).toHaveLength(2);
    },
    LONGEST_RUN_MS,
  );

  it(
    "has the schema beside it, in the other streams of the application's multistream",
    async () => {
      await run('multistreamOfTransports');
      expect(await saidIn('plain')).toEqual(all(NAMED));
      await expectSchema('plain');
    },
    LONGEST_RUN_MS,
  );

  it.each(ENDS)(
    'by %s: an adopted logger with lineTransport writes the schema',
    async (end) => {
      await run('adoptedOfLines', end);
      expect(await saidIn('all')).toEqual(all(NAMED));
      expect(await saidIn('warnings')).toEqual(only(NAMED, SEVERE));
      await expectSchema('all', 'warnings');
    },
    LONGEST_RUN_MS,
  );

  it(
    "loses no line at a level of the application's own, by name or by number",
    async () => {
      await run('adoptedCustomLevels');
      expect(await saidIn('notices')).toEqual([...only(NAMED, ['info', ...SEVERE]), ['notice', 'INFO']]);
      await rm(join(folder, 'notices'));
      await run('adoptedCustomLevelsByNumber');
      expect(await saidIn('notices')).toEqual([...only(NUMBERED, SEVERE), ['notice', 35]]);
    },
    LONGEST_RUN_MS,
  );

  it(
    'gets the debug lines of a flow that asks for them',
    async () => {
      await run('debugged');
      expect(await saidIn('all')).toEqual([['debug', 'DEBUG']]);
      expect(await saidIn('adopted')).toEqual([['debug', 20]]);
    },
    LONGEST_RUN_MS,
  );
});

it.each<End>(['close', 'signal'])(
  "by %s: a multistream of the application's own dispatches by level, and is flushed",
  async (end) => {
    await run('multistream', end);
    expect(await saidIn('all')).toEqual(all(NAMED));
    expect(await saidIn('warnings')).toEqual(only(NAMED, SEVERE));
    await expectSchema('all', 'warnings');
  },
  LONGEST_RUN_MS,
);

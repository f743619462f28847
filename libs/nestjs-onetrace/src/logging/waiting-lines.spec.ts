import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type Logger, pino } from 'pino';
import { identify, withIdentity, withSpan } from '../context/index.js';
import { componentLogger, setRootLogger } from './component-logger.js';
import { LINE_CONTEXT, LINE_MAY_WAIT } from './line-fields.js';
import { LineOutput } from './line-output.js';
import { tapLines } from './line-taps.js';
import { writeInSchema } from './root-logger.js';

interface Line {
  readonly timestamp: string;
  readonly message: string;
  readonly span_id?: string;
}

const flow = (digit: string) =>
  withSpan(
    ROOT_CONTEXT,
    trace.wrapSpanContext({ traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: TraceFlags.SAMPLED }),
  );
const endOfTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const lines = componentLogger('connector');
const later = { [LINE_MAY_WAIT]: true };

function rootOf(level: string): Logger {
  const root = pino({ level, base: null, timestamp: false }, output);
  writeInSchema(root, 'worker');
  return root;
}

let folder: string;
let file: string;
let fd: number;
let output: LineOutput;

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  folder = mkdtempSync(join(tmpdir(), 'onetrace-waiting-'));
  file = join(folder, 'lines');
  fd = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND);
  output = new LineOutput({ fd, maxQueuedBytes: 1024 * 1024, patienceMs: 100 });
  setRootLogger(rootOf('info'));
});
afterEach(async () => {
  await endOfTurn();
  setRootLogger(undefined);
  context.disable();
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

const written = (): Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Line);
const messages = (): string[] => written().map(({ message }) => message);

describe('lines that may wait', () => {
  it('come at the end of the turn, of the time and the flow in which they were said', async () => {
    context.with(flow('a'), () => lines.info('first', later));
    lines.info('second', { ...later, [LINE_CONTEXT]: flow('b') });
    const said = Date.now();
    while (Date.now() < said + 20);
    expect(messages()).toEqual([]);
    await context.with(flow('c'), endOfTurn);
    const [first, second] = written();
    expect(first).toMatchObject({ message: 'first', span_id: 'a'.repeat(16) });
    expect(second).toMatchObject({ message: 'second', span_id: 'b'.repeat(16) });
    for (const line of [first, second]) expect(Date.parse(line?.timestamp ?? '')).toBeLessThanOrEqual(said);
  });

  it('come before a line that may not', () => {
    lines.info('first', later);
    lines.info('second', later);
    lines.info('third');
    expect(messages()).toEqual(['first', 'second', 'third']);
  });

  it('wait in no great number, whatever a turn says', async () => {
    for (let line = 0; line < 300; line += 1) lines.info(String(line), later);
    expect(messages().length).toBeGreaterThan(200);
    await endOfTurn();
    expect(messages()).toEqual(Array.from({ length: 300 }, (_, line) => String(line)));
  });

  it('come at once while somebody listens to lines, and where the process ends', () => {
    const heard: string[] = [];
    const end = tapLines((text) => {
      heard.push((JSON.parse(text) as Line).message);
      return true;
    });
    lines.info('first', later);
    end();
    expect(heard).toEqual(['first']);
    lines.info('second', later);
    output.finish();
    lines.info('third', later);
    expect(messages()).toEqual(['first', 'second', 'third']);
  });

  it('below the level are for the flows that ask for them', async () => {
    lines.debug('first', { ...later, [LINE_CONTEXT]: flow('a') });
    await endOfTurn();
    expect(messages()).toEqual([]);
  });

  it('below the level are written also where a line of another flow comes before the end of the turn', async () => {
    setRootLogger(rootOf('warn'));
    const debugged = withIdentity(flow('a'), { logLevel: 'debug' });
    context.with(debugged, () => lines.info('first', { ...later, [LINE_CONTEXT]: debugged }));
    context.with(flow('b'), () => lines.warn('second'));
    await endOfTurn();
    expect(messages()).toEqual(['first', 'second']);
  });

  it('are written where the level changes before the end of the turn', async () => {
    const root = rootOf('info');
    setRootLogger(root);
    lines.info('first', later);
    root.level = 'error';
    lines.info('second', later);
    await endOfTurn();
    expect(messages()).toEqual(['first']);
  });

  it('say whose they were when they were said', async () => {
    const ctx = withIdentity(flow('a'), { tenantId: 'before' });
    lines.info('first', { ...later, [LINE_CONTEXT]: ctx });
    context.with(ctx, () => identify({ tenantId: 'after' }));
    lines.info('second', { ...later, [LINE_CONTEXT]: ctx });
    await endOfTurn();
    expect(written()).toMatchObject([{ tenant_id: 'before' }, { tenant_id: 'after' }]);
  });
});

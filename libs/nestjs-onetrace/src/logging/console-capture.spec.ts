import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setRootLogger } from './component-logger.js';
import { captureConsole } from './console-capture.js';
import { collectLines } from './logged-lines.fixture.js';
import { captureProcessEvents } from './process-lines.js';
import { createRootLogger } from './root-logger.js';

const METHODS = ['debug', 'log', 'info', 'warn', 'error'] as const;
const methods = console as unknown as Record<(typeof METHODS)[number], (this: void, ...values: unknown[]) => void>;
const spies = METHODS.map((method) => jest.spyOn(console, method));
let collected: ReturnType<typeof collectLines>;
let stop: () => void;
let spied: unknown[];

beforeEach(() => {
  for (const spy of spies) spy.mockReset().mockImplementation(() => undefined);
  spied = METHODS.map((method) => methods[method]);
  collected = collectLines();
  stop = captureConsole();
});
afterEach(() => {
  stop();
  collected.restore();
});

it('gives each method its level, formats as the console does, and keeps objects apart', () => {
  console.debug('%s of %i, 100%%', 'two', 3.7, 'more');
  console.warn('careful', { password: 'hunter2' });
  console.error('it broke', new TypeError('bad'));
  console.log('%o', { a: 1n }, Symbol('s'));
  console.info(Object.create(null));
  expect(collected.lines).toMatchObject([
    { level: 'DEBUG', message: 'two of 3, 100% more', extra: { console: 'debug' } },
    { level: 'WARN', message: 'careful', extra: { arguments: [{ password: '[redacted]' }] } },
    { level: 'ERROR', message: 'it broke', error: { type: 'TypeError', message: 'bad' } },
    { level: 'INFO', message: "{ a: '1' } Symbol(s)" },
    { level: 'INFO', message: '' },
  ]);
  expect(spies.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0, 0]);
});

it('hides a secret also in an object that a format asks for', () => {
  console.log('got %o and %j', { password: 'hunter2' }, { token: 'abc' });
  expect(JSON.stringify(collected.lines)).not.toMatch(/hunter2|abc/);
});

it('does not run in circles when the destination itself uses the console', () => {
  const told: string[] = [];
  const destination = {
    write(line: string): void {
      told.push(line);
      console.log('written');
    },
  };
  setRootLogger(createRootLogger({ component: 'gateway', level: 'info', destination }));
  console.log('once');
  expect(told).toHaveLength(1);
  expect(methods.log).not.toBe(spied[1]);
  expect(spies[1]?.mock.calls).toEqual([['written']]);
});

it('gives the console back, and leaves alone what has been wrapped around it since', () => {
  const ours = methods.log;
  const around = (...values: unknown[]): void => ours(...values);
  methods.log = around;
  stop();
  expect(METHODS.map((method) => methods[method])).toEqual(spied.map((spy, index) => (index === 1 ? around : spy)));
  console.log('through');
  expect(spies[1]?.mock.calls).toEqual([['through']]);
  expect(collected.lines).toEqual([]);
  methods.log = spied[1] as typeof methods.log;
});

describe('a warning of Node.js', () => {
  const warned = (): void => {
    const warning = Object.assign(new Error('old'), {
      name: 'DeprecationWarning',
      code: 'DEP_X',
      detail: 'use the new one',
    });
    process.emit('warning', warning);
  };
  const printed = (): void => methods.error(`(node:${process.pid}) [DEP_X] DeprecationWarning: old\nuse the new one`);

  it('is one line, not a second one of what Node itself prints', () => {
    const end = captureProcessEvents();
    warned();
    printed();
    methods.error(`(node:${process.pid + 1}) of another process`);
    end();
    expect(collected.lines).toMatchObject([
      { level: 'WARN', message: 'DeprecationWarning: old', extra: { code: 'DEP_X', detail: 'use the new one' } },
      { level: 'ERROR', message: `(node:${process.pid + 1}) of another process` },
    ]);
  });

  it('is what Node prints where nothing else makes a line of it', () => {
    printed();
    expect(collected.lines).toMatchObject([{ level: 'ERROR', extra: { console: 'error' } }]);
  });
});

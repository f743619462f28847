/** Unhandled rejections of traced methods, in a process of their own: a test runner listens to those of its own process. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

/** Runs this text with `service`, whose methods are traced and recorded, and gives what the process was told. */
async function told(then: string): Promise<unknown> {
  const program = `
    import 'reflect-metadata';
    import { trace } from '@opentelemetry/api';
    import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
    import { Trace } from 'nestjs-onetrace';
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    const told = [];
    process.on('unhandledRejection', (reason) => told.push('unhandled ' + reason.message));
    process.on('rejectionHandled', () => told.push('handled late'));
    const reason = new Error('cut');
    const ignore = () => undefined;
    class Own extends Promise {}
    class Base {
      async inherited() { throw reason; }
    }
    class Service extends Base {
      async work() { throw reason; }
      give(value) { return value; }
      logged() { const sent = this.give(Promise.reject(reason)); sent.catch(ignore); return sent; }
      loggedLater() { const sent = new Promise((_, reject) => setImmediate(reject, reason)); sent.catch(ignore); return sent; }
      kept() { return this.promise ??= (async () => { await null; throw reason; })(); }
    }
    Trace()(Service);
    const service = new Service();
    ${then};
    setTimeout(() => process.stdout.write(JSON.stringify(told)), 50);
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  return JSON.parse(stdout);
}

const MADE: [string, string][] = [
  ['an async method', 'service.work()'],
  ['an inherited async method', 'service.inherited()'],
  ['a method that gives a Promise of a class of its own', 'service.give(Own.reject(reason))'],
];
const HANDLED: [string, string][] = [
  ...MADE,
  ['a method that hands a Promise on', 'service.give(Promise.reject(reason))'],
  [
    'a method that hands a Promise on with something attached',
    'service.give(Object.assign(Promise.reject(reason), { cancel() {} }))',
  ],
];

describe('a rejection of a traced method', () => {
  it.each(MADE)('that nobody handles is told once, as without tracing: %s', async (_what, make) => {
    expect(await told(make)).toEqual(['unhandled cut']);
  });

  it.each(HANDLED)('that is handled is not told: %s', async (_what, make) => {
    expect(await told(`${make}.catch(ignore)`)).toEqual([]);
  });

  it.each(MADE)('that is handled late is told as such: %s', async (_what, make) => {
    expect(await told(`const given = ${make}; setTimeout(() => given.catch(ignore), 10)`)).toEqual([
      'unhandled cut',
      'handled late',
    ]);
  });

  it.each<[string, string]>([
    ['a rejected Promise with a handler inside', 'service.logged()'],
    ['a Promise with a handler inside that rejects later', 'service.loggedLater()'],
    ['a Promise kept in a field that only its second caller handles', 'service.kept(); service.kept().catch(ignore)'],
    [
      'work of TracingService with a handler inside',
      `const { TracingService } = await import('nestjs-onetrace');
       new TracingService().external('mail', 'send', () => service.logged())`,
    ],
  ])('that is handled where the caller does not see it is not told: %s', async (_what, then) => {
    expect(await told(then)).toEqual([]);
  });
});

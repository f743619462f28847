/** Unhandled rejections of traced methods, in a process of their own: a test runner listens to those of its own process. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

/** Calls a traced method that gives what `make` makes, does `then` with it, and prints what the process was told. */
function program(make: string, then: string): string {
  return `
    import 'reflect-metadata';
    import { trace } from '@opentelemetry/api';
    import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
    import { Trace } from 'nestjs-onetrace';
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    const told = [];
    process.on('unhandledRejection', (reason) => told.push('unhandled ' + reason.message));
    process.on('rejectionHandled', () => told.push('handled late'));
    class Own extends Promise {}
    class Service { give(value) { return value; } }
    const descriptor = Object.getOwnPropertyDescriptor(Service.prototype, 'give');
    Trace()(Service.prototype, 'give', descriptor);
    Object.defineProperty(Service.prototype, 'give', descriptor);
    const reason = new Error('cut');
    const given = new Service().give(${make});
    ${then};
    setTimeout(() => process.stdout.write(JSON.stringify(told)), 50);
  `;
}

async function told(make: string, then: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program(make, then)]);
  return JSON.parse(stdout);
}

const KINDS: [string, string][] = [
  ['a Promise', 'Promise.reject(reason)'],
  ['a Promise of a class of its own', 'Own.reject(reason)'],
  ['a Promise with something attached', 'Object.assign(Promise.reject(reason), { cancel() {} })'],
];

describe('a rejection of a traced method', () => {
  it.each(KINDS)('that nobody handles is told once, as without tracing: %s', async (_what, make) => {
    expect(await told(make, '')).toEqual(['unhandled cut']);
  });

  it.each(KINDS)('that is handled is not told: %s', async (_what, make) => {
    expect(await told(make, 'given.catch(() => undefined)')).toEqual([]);
  });

  it.each(KINDS)('that is handled late is told as such: %s', async (_what, make) => {
    expect(await told(make, 'setTimeout(() => given.catch(() => undefined), 10)')).toEqual([
      'unhandled cut',
      'handled late',
    ]);
  });
});

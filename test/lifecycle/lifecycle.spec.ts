import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hasEnded } from '../../tools/chain/child-end.ts';
import { type SpanReceiver, startSpanReceiver } from '../temporal/span.receiver.ts';
import { type ApplicationProcess, startApplicationProcess } from './application.process.ts';

let receiver: SpanReceiver;
let application: ApplicationProcess | undefined;

beforeEach(async () => {
  receiver = await startSpanReceiver();
});
afterEach(async () => {
  if (application !== undefined && !hasEnded(application.child)) {
    application.child.kill('SIGKILL');
    await application.ended;
  }
  application = undefined;
  await receiver.close();
});

function start(scenario: string, env: Record<string, string> = {}): ApplicationProcess {
  application = startApplicationProcess(scenario, { OTLP_URL: receiver.url, ...env });
  return application;
}

const names = (): string[] => receiver.spans.map((span) => span.name).sort();
const hooksOf = (...modules: string[]): string[] =>
  modules
    .flatMap((name) =>
      [
        'onModuleInit',
        'onApplicationBootstrap',
        'onModuleDestroy',
        'beforeApplicationShutdown',
        'onApplicationShutdown',
      ].map((hook) => `${name}.${hook}`),
    )
    .sort();

describe('an application that ends', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'finishes the request in flight on %s, and every span of every hook has been handed over',
    async (signal) => {
      const running = start('signal');
      const { port } = await running.heard('port');
      const response = fetch(`http://127.0.0.1:${String(port)}/slow`, { headers: { connection: 'close' } });
      await running.heard('inFlight');
      running.child.kill(signal);
      await running.heard('signal');
      running.child.send('finish');
      expect(await (await response).text()).toBe('done');
      expect(await running.ended).toEqual({ code: null, signal });
      expect(names()).toEqual([...hooksOf('early', 'late', 'feature'), 'GET /slow'].sort());
      expect(running.noise).toEqual([]);
    },
    60_000,
  );

  it('ends by itself, and hands each span over once, however often it is closed', async () => {
    const running = start('twice');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(names()).toEqual(hooksOf('feature'));
    expect(running.noise).toEqual([]);
  }, 60_000);

  it('ends also when it is closed while it starts', async () => {
    const running = start('duringStart');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(names()).toEqual(hooksOf('feature'));
    expect(running.noise).toEqual([]);
  }, 60_000);
});

describe('an application that changes its level at a signal', () => {
  it.each([
    ['SIGUSR2', 'before'],
    ['SIGUSR2', 'after'],
    ['SIGHUP', 'before'],
    ['SIGHUP', 'after'],
  ] as const)(
    'outlives %s where shutdown hooks for all signals are enabled %s its start, and ends at SIGTERM as ever',
    async (signal, hooks) => {
      const running = start('levelSignal', { LEVEL_SIGNAL: signal, HOOKS: hooks });
      await running.heard('ready');
      running.child.kill(signal);
      await running.heard('changed1');
      running.child.kill(signal);
      await running.heard('changed2');
      running.child.kill('SIGTERM');
      expect(await running.ended).toEqual({ code: null, signal: 'SIGTERM' });
      expect(names()).toEqual(hooksOf('feature'));
      expect(running.noise).toEqual([]);
    },
    60_000,
  );

  it('still ends at that signal where its shutdown hooks name it', async () => {
    const running = start('levelSignal', { LEVEL_SIGNAL: 'SIGUSR2', HOOKS: 'before', HOOKS_FOR: 'SIGTERM,SIGUSR2' });
    await running.heard('ready');
    running.child.kill('SIGUSR2');
    expect(await running.ended).toEqual({ code: null, signal: 'SIGUSR2' });
    expect(names()).toEqual(hooksOf('feature'));
  }, 60_000);

  it('leaves the shutdown hooks of others as they were when it ends', async () => {
    const running = start('levelSignalOfOne');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    const { before, after } = await running.heard('before');
    expect(after).toEqual(before);
  }, 60_000);
});

describe('a process with several applications, one after the other or at once', () => {
  it('lets go of a start that failed: the next one has settings of its own, and the process ends by itself', async () => {
    const running = start('failedStart');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(running.told.flatMap((facts) => ('failed' in facts ? [facts['failed']] : []))).toEqual([
      'Error: onModuleInit failed',
      'Error: onApplicationBootstrap failed',
      'Error: broken',
    ]);
    expect(names()).toEqual(
      [
        'onModuleInit.onModuleInit',
        'onApplicationBootstrap.onModuleInit',
        'onApplicationBootstrap.onApplicationBootstrap',
        ...hooksOf('next'),
      ].sort(),
    );
    const next = receiver.spans.filter((span) => span.name.startsWith('next.'));
    const services = next.map((span) => span.resource['service.name']);
    expect(new Set(services)).toEqual(new Set(['next']));
  }, 60_000);

  it('goes on tracing until the last one has ended', async () => {
    const running = start('several');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(names()).toEqual([...hooksOf('gateway', 'worker'), 'after the worker'].sort());
    expect(running.noise).toEqual([]);
  }, 60_000);

  it('grows neither listeners nor handles when an application is reloaded twenty times', async () => {
    const running = start('reload');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    const { before, after } = await running.heard('before');
    expect(after).toEqual(before);
    expect(names()).toEqual(Array.from({ length: 20 }, () => 'GET'));
    expect(await running.heard('warnings')).toEqual({ warnings: [] });
  }, 90_000);
});

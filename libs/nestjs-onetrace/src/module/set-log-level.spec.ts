import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { componentLogger, createRootLogger, setRootLogger } from '../logging/index.js';
import { ObservabilityModule } from './observability.module.js';
import type { ObservabilityModuleOptions } from './observability.options.js';
import { setLogLevel } from './set-log-level.js';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly component: string;
}

let lines: Line[];
let apps: INestApplicationContext[];
beforeEach(() => {
  lines = [];
  apps = [];
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  // nestjs-pino keeps the first one it met.
  (PinoLogger as { root: unknown }).root = undefined;
});

const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };
const said = () => lines.map(({ message }) => message).filter((message) => message !== 'log level changed');
const changes = () => lines.filter(({ message }) => message === 'log level changed').map(({ level }) => level);

async function start(
  component: string,
  logging: NonNullable<ObservabilityModuleOptions['logging']> = {},
  imports: NonNullable<Parameters<typeof Module>[0]['imports']> = [],
): Promise<INestApplicationContext> {
  @Module({ imports: [ObservabilityModule.forRoot({ component, logging: { destination, ...logging } }), ...imports] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { bufferLogs: true });
  apps.push(app);
  lines.length = 0;
  return app;
}

describe('setLogLevel', () => {
  it('changes the level of every logger of the application, and says so', async () => {
    const app = await start('gateway');
    const nestjsPino = await app.resolve(PinoLogger);
    const child = nestjsPino.logger.child({ shard: 1 });
    const all = (level: string): void => {
      componentLogger().debug(`${level}: ours`);
      nestjsPino.debug(`${level}: nestjs-pino's`);
      child.debug(`${level}: a child`);
      new Logger('Shop').debug(`${level}: Nest's`);
    };
    all('before');
    setLogLevel('debug');
    all('debug');
    setLogLevel('warn');
    all('warn');
    expect(said()).toEqual(['debug: ours', "debug: nestjs-pino's", 'debug: a child', "debug: Nest's"]);
    expect(changes()).toEqual(['INFO', 'INFO']);
  });

  it("reaches the logger of the application's own LoggerModule", async () => {
    const own = LoggerModule.forRoot({ pinoHttp: [{ level: 'info' }, destination as never] });
    const app = await start('gateway', {}, [own]);
    const nestjsPino = await app.resolve(PinoLogger);
    nestjsPino.debug('before');
    setLogLevel('debug');
    nestjsPino.debug('after');
    expect(said()).toEqual(['after']);
  });

  it('leaves children alone that were given a level of their own', async () => {
    const app = await start('gateway');
    const quiet = (await app.resolve(PinoLogger)).logger.child({}, { level: 'error' });
    setLogLevel('debug');
    quiet.info('quiet');
    expect(said()).toEqual([]);
  });

  it('changes all applications of the process, or those of one component', async () => {
    await start('gateway');
    await start('worker');
    const debugs = async (): Promise<void> => {
      await Promise.resolve();
      componentLogger().debug("the worker's");
    };
    setLogLevel('debug', 'gateway');
    await debugs();
    expect(said()).toEqual([]);
    setLogLevel('debug', 'worker');
    await debugs();
    setLogLevel('info');
    await debugs();
    setLogLevel('debug', 'nobody');
    await debugs();
    expect(said()).toEqual(["the worker's", expect.stringMatching(/"nobody"; known: gateway, worker$/)]);
  });

  it('says once which components there are where it was given none of them', async () => {
    await start('gateway');
    setLogLevel('debug', 'stranger');
    setLogLevel('debug', 'stranger');
    componentLogger().debug('still quiet');
    expect(lines).toMatchObject([{ level: 'WARN', message: expect.stringMatching(/"stranger"; known: gateway$/) }]);
  });

  it('works without Nest', () => {
    const before = setRootLogger(createRootLogger({ component: 'worker', level: 'info', destination }));
    try {
      setLogLevel('debug');
      componentLogger().debug('without Nest');
      expect(said()).toEqual(['without Nest']);
    } finally {
      setRootLogger(before);
    }
  });

  it('refuses what is no level', () => {
    expect(() => setLogLevel('verbose' as never)).toThrow(
      expect.objectContaining({
        code: 'ONETRACE_INVALID_OPTION',
        message: expect.stringContaining('setLogLevel got "verbose" as its level; it takes one of trace, debug'),
      }),
    );
  });
});

describe('logging.levelSignal', () => {
  it('changes the level to debug and back, as long as the application runs', async () => {
    const before = process.listenerCount('SIGUSR2');
    const app = await start('gateway', { levelSignal: 'SIGUSR2', level: 'warn' });
    const say = (text: string): void => componentLogger().debug(text);
    say('at first');
    process.emit('SIGUSR2');
    say('after one');
    process.emit('SIGUSR2');
    say('after two');
    process.emit('SIGUSR2');
    say('after three');
    expect(said()).toEqual(['after one', 'after three']);
    expect(changes()).toEqual(['INFO', 'INFO', 'INFO']);
    await app.close();
    expect(process.listenerCount('SIGUSR2')).toBe(before);
  });

  it('leaves its line also where every logger has that level already', async () => {
    await start('gateway', { levelSignal: 'SIGUSR2', level: 'debug' });
    process.emit('SIGUSR2');
    process.emit('SIGUSR2');
    expect(changes()).toEqual(['INFO', 'INFO']);
    expect(lines).toMatchObject([
      { extra: { level: 'debug', by: 'SIGUSR2', unchanged: true } },
      { extra: { level: 'debug', by: 'SIGUSR2', unchanged: true } },
    ]);
  });

  it('is not listened for unless asked for', async () => {
    const before = process.listenerCount('SIGUSR2');
    await start('gateway');
    expect(process.listenerCount('SIGUSR2')).toBe(before);
  });
});

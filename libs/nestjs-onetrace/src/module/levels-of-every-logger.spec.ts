import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DynamicModule, type INestApplicationContext, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LoggerModule, type Params, PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';
import { resetRootLogger } from '../../../../node_modules/nestjs-pino/dist/esm/rootLogger.js';
import { adoptPino } from '../logging/index.js';
import { ObservabilityModule } from './observability.module.js';
import type { ObservabilityModuleOptions } from './observability.options.js';
import { setLogLevel } from './set-log-level.js';

type LoggingOptions = NonNullable<ObservabilityModuleOptions['logging']>;

let lines: string[];
let apps: INestApplicationContext[];
beforeEach(() => {
  // It keeps what the first application of the process gave it.
  resetRootLogger();
  (PinoLogger as { root: unknown }).root = undefined;
  lines = [];
  apps = [];
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
});

const into = (to: string[]) => ({
  write: (text: string) => void to.push((JSON.parse(text) as { message: string }).message),
});
const said = (by = lines) => by.filter((message) => message !== 'log level changed');

async function start(component: string, logging: LoggingOptions = {}, own?: DynamicModule): Promise<PinoLogger> {
  const ours = ObservabilityModule.forRoot({ component, logging: { destination: into(lines), ...logging } });
  class App {}
  Module({ imports: own === undefined ? [ours] : [own, ours] })(App);
  const app = await NestFactory.createApplicationContext(App, { bufferLogs: true });
  apps.push(app);
  lines.length = 0;
  return app.resolve(PinoLogger);
}

describe('setLogLevel', () => {
  it.each<[string, Params, string[]]>([
    ['that names no level', { pinoHttp: {} }, ['before: info', 'after: debug', 'after: info', "after: Nest's"]],
    ['that names its level', { pinoHttp: { level: 'error' } }, ['after: debug', 'after: info', "after: Nest's"]],
    ['with a logger', { pinoHttp: { logger: pino({ level: 'warn' }, { write: () => undefined }) } }, []],
  ])("reaches an application's own LoggerModule %s", async (_what, params, written) => {
    const logger = await start('gateway', {}, LoggerModule.forRoot(params));
    const nest = new Logger('Shop');
    for (const level of ['before', 'after']) {
      if (level === 'after') setLogLevel('debug');
      logger.debug(`${level}: debug`);
      logger.info(`${level}: info`);
      nest.debug(`${level}: Nest's`);
    }
    expect(said()).toEqual(written);
    expect(logger.logger.isLevelEnabled('debug')).toBe(true);
  });

  it('changes what every destination gets that has no level of its own', async () => {
    const [open, quiet]: [string[], string[]] = [[], []];
    const logger = await start('gateway', {
      destination: [{ stream: into(open) }, { stream: into(quiet), level: 'info' }],
    });
    [open, quiet].forEach((each) => (each.length = 0));
    setLogLevel('debug');
    logger.debug('debug');
    setLogLevel('error');
    logger.info('info');
    expect([said(open), said(quiet)]).toEqual([['debug'], []]);
  });

  it("changes adopted loggers, with a component only those that bear it; with none they bear the application's", async () => {
    await start('gateway');
    const own: string[] = [];
    const [plain, billing] = [pino({ level: 'warn' }, into(own)), pino({ level: 'warn' }, into(own))];
    adoptPino(plain);
    adoptPino(billing, 'billing');
    const debug = (when: string): void => {
      plain.debug(`${when}: plain`);
      billing.debug(`${when}: billing`);
    };
    setLogLevel('debug', 'billing');
    debug('billing');
    setLogLevel('info', 'billing');
    setLogLevel('debug', 'gateway');
    debug('gateway');
    setLogLevel('debug');
    debug('all');
    setLogLevel('warn');
    debug('warn');
    expect(own).toEqual(['billing: billing', 'gateway: plain', 'all: plain', 'all: billing']);
  });

  it('leaves a logger alone that has no such level', async () => {
    await start('gateway');
    const odd = pino({ customLevels: { loud: 35 }, useOnlyCustomLevels: true, level: 'loud' }, into([]));
    adoptPino(odd);
    setLogLevel('debug');
    expect(odd.level).toBe('loud');
  });

  it("changes nestjs-pino's one logger with the application that was built last", async () => {
    await start('gateway');
    const logger = await start('worker');
    setLogLevel('debug', 'gateway');
    logger.debug('gateway');
    setLogLevel('debug', 'worker');
    logger.debug('worker');
    await apps.pop()?.close();
    setLogLevel('info', 'gateway');
    logger.debug('gateway alone');
    expect(said()).toEqual(['worker']);
  });
});

describe('logging.levelSignal', () => {
  it('gives each logger its own level back', async () => {
    const own: string[] = [];
    const params: Params = { pinoHttp: [{ level: 'warn' }, into(own)] };
    const logger = await start('gateway', { levelSignal: 'SIGUSR2' }, LoggerModule.forRoot(params));
    const adopted = adoptPino(pino({ level: 'error' }, into(own)), 'billing');
    own.length = 0;
    process.emit('SIGUSR2');
    logger.debug('after one');
    adopted.debug('adopted');
    process.emit('SIGUSR2');
    logger.info('after two');
    expect(own).toEqual(['after one', 'adopted']);
    expect([PinoLogger.root.level, adopted.level]).toEqual(['warn', 'error']);
  });
});

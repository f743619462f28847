/**
 * Writes lines to pino transports in the way that the first argument names, and ends as the second one says. The
 * transports write files into the folder LINES: what stands in them is what the specs look at. Runs the built package.
 */
import { join } from 'node:path';
import { type DynamicModule, Logger as NestLogger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  adoptPino,
  componentLogger,
  lineTransport,
  ObservabilityModule,
  type ObservabilityModuleOptions,
  runWithIdentity,
} from 'nestjs-onetrace';
import { LoggerModule, type Params, PinoLogger } from 'nestjs-pino';
import { type Logger, pino } from 'pino';

type LoggingOptions = NonNullable<ObservabilityModuleOptions['logging']>;
type Methods = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

const file = (name: string) => join(process.env['LINES'] ?? '', name);
const toFile = (name: string, level?: string) => ({
  target: 'pino/file',
  options: { destination: file(name) },
  ...(level === undefined ? {} : { level }),
});
/** Everything to one file, warnings to another one. */
const targets = () => [toFile('all', 'trace'), toFile('warnings', 'warn')];
const pipeline = () => [{ target: new URL('marking.transport.mjs', import.meta.url).href }, toFile('all')];

function say(logger: Methods): void {
  logger.trace('a trace line');
  logger.debug('a debug line');
  logger.info('an info line');
  logger.warn('a warn line');
  logger.error('an error line');
  logger.fatal('a fatal line');
}

async function start(imports: DynamicModule[]) {
  class App {}
  Module({ imports })(App);
  const app = await NestFactory.createApplicationContext(App, { bufferLogs: true });
  app.enableShutdownHooks();
  return app;
}

const ours = (logging: LoggingOptions = {}): DynamicModule =>
  ObservabilityModule.forRoot({ component: 'gateway', export: 'none', logging });

/** Our own logger, at a destination. */
async function toDestination(destination: LoggingOptions['destination']) {
  const app = await start([ours({ level: 'debug', destination } as LoggingOptions)]);
  const logger = componentLogger();
  logger.debug('a debug line');
  logger.info('an info line');
  logger.warn('a warn line');
  return app;
}

/** PinoLogger, with a LoggerModule of the application's own. */
async function throughModule(
  pinoHttp: NonNullable<Params['pinoHttp']>,
  place: 'before' | 'after' | 'async' = 'before',
) {
  const own =
    place === 'async'
      ? LoggerModule.forRootAsync({
          useFactory: async () => {
            await new Promise((resolve) => setTimeout(resolve, 300));
            return { pinoHttp };
          },
        })
      : LoggerModule.forRoot({ pinoHttp });
  const app = await start(place === 'before' ? [own, ours()] : [ours(), own]);
  say(await app.resolve(PinoLogger));
  return app;
}

async function adopted(logger: Logger) {
  const app = await start([ours()]);
  say(adoptPino(logger));
  return app;
}

const open = { level: 'trace', autoLogging: false } as const;
const notices = { level: 'trace', customLevels: { notice: 35 } } as const;
const toNotices = () => [toFile('all', 'trace'), toFile('notices', 'notice')];

const scenarios: Record<string, () => ReturnType<typeof start>> = {
  destination: () => toDestination(pino.transport({ targets: targets() })),
  destinations: () => toDestination([{ stream: pino.transport({ targets: targets() }), level: 'info' }]),
  lineTransport: () => toDestination(lineTransport({ targets: targets() })),
  singleDestination: () => toDestination(pino.transport(toFile('all'))),

  module: () => throughModule({ ...open, transport: { targets: targets() } }),
  moduleAfter: () => throughModule({ ...open, transport: { targets: targets() } }, 'after'),
  moduleAsync: () => throughModule({ ...open, transport: { targets: targets() } }, 'async'),
  moduleOneTarget: () => throughModule({ ...open, transport: { targets: [toFile('all')] } }),
  moduleDedupe: () => throughModule({ ...open, transport: { targets: targets(), dedupe: true } }),
  moduleSingle: () => throughModule({ ...open, transport: toFile('all') }),
  modulePipeline: () => throughModule({ ...open, transport: { pipeline: pipeline() } }),
  modulePipelineWithLevel: () =>
    throughModule({ ...open, transport: { targets: [{ level: 'warn', pipeline: pipeline() }] } as never }),
  moduleCustomLevels: () => throughModule({ ...open, ...notices, transport: { targets: toNotices() } }),
  moduleWithFormatter: () =>
    throughModule({
      ...open,
      formatters: { level: (label: string) => ({ level: label }) },
      transport: { targets: targets() },
    }),

  stream: () => throughModule([open, pino.transport({ targets: targets() })]),
  streamWithFormatter: () =>
    throughModule([
      { ...open, formatters: { level: (label: string) => ({ level: label }) } },
      pino.transport({ targets: targets() }),
    ]),
  streamOfLines: () => throughModule([open, lineTransport({ targets: targets() })]),
  multistream: () =>
    throughModule([
      open,
      pino.multistream([
        { level: 'trace', stream: pino.destination({ dest: file('all'), sync: false }) },
        { level: 'warn', stream: pino.destination({ dest: file('warnings'), sync: false }) },
      ]),
    ]),
  multistreamOfTransports: () =>
    throughModule([
      open,
      pino.multistream([
        { level: 'trace', stream: pino.destination({ dest: file('plain'), sync: true }) },
        { level: 'trace', stream: pino.transport({ targets: targets() }) },
      ]),
    ]),

  adopted: () => adopted(pino({ level: 'trace', transport: { targets: targets() } })),
  adoptedOfLines: () => adopted(pino({ level: 'trace' }, lineTransport({ targets: targets() }))),
  async adoptedCustomLevels() {
    const logger = pino({ ...notices }, lineTransport({ targets: toNotices(), levels: { notice: 35 } }));
    const app = await adopted(logger as unknown as Logger);
    logger.notice('a notice');
    return app;
  },
  async adoptedCustomLevelsByNumber() {
    const logger = pino({ ...notices, transport: { targets: toNotices() } });
    const app = await adopted(logger as unknown as Logger);
    logger.notice('a notice');
    return app;
  },
  async debugged() {
    const destination = lineTransport({ targets: [toFile('all', 'debug'), toFile('warnings', 'warn')] });
    const app = await start([ours({ level: 'info', destination })]);
    const logger = adoptPino(pino({ transport: { targets: [toFile('adopted', 'debug')] } }));
    for (const each of [componentLogger(), logger]) {
      each.debug('of another flow');
      runWithIdentity({ logLevel: 'debug' }, () => each.debug('a debug line'));
    }
    return app;
  },
  /** Without a word about the transport: what Nest and the application's own loggers say while it starts. */
  async nest() {
    const app = await start([LoggerModule.forRoot({ pinoHttp: { transport: { targets: targets() } } }), ours()]);
    new NestLogger('Cart').warn('nearly full');
    return app;
  },
};

const ends: Record<string, (app: Awaited<ReturnType<typeof start>>) => unknown> = {
  close: (app) => app.close(),
  exit: () => process.exit(0),
  signal: () => process.kill(process.pid, 'SIGTERM'),
};

const app = await scenarios[process.argv[2] ?? '']?.();
if (app !== undefined) await ends[process.argv[3] ?? '']?.(app);

import {
  Inject,
  Injectable,
  type LoggerService,
  Logger as NestLogger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Params } from 'nestjs-pino';
import type { Logger } from 'pino';
import { componentLogger, endTransports, loggersFlushed } from '../logging/index.js';
import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import { noticeOnce, setNoticeSink } from '../tracing/index.js';
import { everyLogger } from './application-loggers.js';
import { type Application, enterApplication, leaveApplication, runningApplications } from './applications.js';
import type { ResolvedObservabilityOptions } from './resolve-options.js';
import { LOGGER_PARAMS, NEST_LOGGER, RESOLVED_OPTIONS, ROOT_LOGGER } from './tokens.js';

/** Starts tracing when the application is built, and hands over the last spans when all others have shut down. */
@Injectable()
export class ObservabilityLifecycle implements OnApplicationShutdown {
  readonly application: Application;

  constructor(
    @Inject(RESOLVED_OPTIONS) options: ResolvedObservabilityOptions,
    @Inject(ROOT_LOGGER) root: Logger,
    @Inject(NEST_LOGGER) nestLogger: LoggerService,
    @Inject(LOGGER_PARAMS) loggerParams: Params,
    modules: ModulesContainer,
  ) {
    embraceOthers(modules);
    const { tracing, lines, capture } = options;
    this.application = { tracing, root, loggerParams, lines, capture, started: false };
    setNoticeSink((message, extra) => componentLogger().warn(message, { extra }));
    enterApplication(this.application);
    if (!isSilent()) NestLogger.overrideLogger(nestLogger);
    // Nest flushes what `bufferLogs` held back only when the application itself calls `useLogger`.
    NestLogger.flush();
    for (const notice of options.notices) noticeOnce(notice, notice);
  }

  /** Idempotent; resolves also when the receiver is gone. */
  async onApplicationShutdown(signal?: string): Promise<void> {
    await leaveApplication(this.application);
    await loggersFlushed(everyLogger(this.application));
    if (signal !== undefined && isKilledBy(signal)) await endTransports();
  }
}

/** Whether the application has switched Nest's Logger off, by `NestFactory.create(App, { logger: false })`. */
function isSilent(): boolean {
  return (NestLogger as unknown as { readonly staticInstanceRef?: unknown }).staticInstanceRef === undefined;
}

/** Whether a signal ends the process right after this, without another word: nobody but Nest listens for it. */
function isKilledBy(signal: string): boolean {
  return runningApplications().length === 0 && process.listenerCount(signal) <= 1;
}

/**
 * Nest calls hooks by distance: the farthest module is initialised first and shut down last. All global modules have
 * the same distance, and so a span of another one's `onApplicationShutdown` could come too late.
 *
 * @throws OnetraceError ONETRACE_DUPLICATE_MODULE: two of them would trace every request twice.
 */
function embraceOthers(modules: ModulesContainer): void {
  const own = [...modules.values()].filter((module) => module.providers.has(ObservabilityLifecycle));
  if (own.length > 1) {
    throw new OnetraceError(
      ERROR_CODES.duplicateModule,
      `ObservabilityModule stands ${own.length} times in this application; import forRoot or forRootAsync once, in the root module: it is global`,
    );
  }
  for (const module of own) module.distance = Number.POSITIVE_INFINITY;
}

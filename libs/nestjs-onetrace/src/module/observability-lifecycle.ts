import {
  Inject,
  Injectable,
  type LoggerService,
  Logger as NestLogger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { configureIdentifierHash } from '../context/index.js';
import { componentLogger, nestjsPino, setRootLogger, writeInSchema } from '../logging/index.js';
import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import { noticeOnce, setNoticeSink, startTracing, stopTracing, tracingRuntime } from '../tracing/index.js';
import { NEST_LOGGER, RESOLVED_OPTIONS, ROOT_LOGGER } from './tokens.js';
import type { ResolvedObservabilityOptions } from './resolve-options.js';
import type { Logger } from 'pino';

/**
 * Starts tracing when the application is built and hands over the last spans when it has shut down: `onApplicationShutdown`
 * is the last hook, after servers are closed and workers have finished.
 */
@Injectable()
export class ObservabilityLifecycle implements OnApplicationShutdown {
  private stopped: Promise<void> | undefined;

  constructor(
    @Inject(RESOLVED_OPTIONS) options: ResolvedObservabilityOptions,
    @Inject(ROOT_LOGGER) private readonly root: Logger,
    @Inject(NEST_LOGGER) nestLogger: LoggerService,
    modules: ModulesContainer,
  ) {
    refuseSecondModule(modules);
    setRootLogger(root);
    // nestjs-pino keeps one logger a process, that of the LoggerModule it met first: the application's own, or an earlier one's.
    const applicationRoot = nestjsPino().PinoLogger.root as Logger | undefined;
    // There is none with `useExisting`: those lines are the HTTP server's own logger's.
    if (applicationRoot !== undefined) writeInSchema(applicationRoot, options.tracing.component);
    setNoticeSink((message, extra) => componentLogger().warn(message, { extra }));
    NestLogger.overrideLogger(nestLogger);
    // Nest flushes what `bufferLogs` held back only when the application itself calls `useLogger`.
    NestLogger.flush();
    configureIdentifierHash(options.tracing.privacy);
    startTracing(options.tracing);
    for (const notice of options.notices) noticeOnce(notice, notice);
    if (tracingRuntime() === undefined) {
      noticeOnce(
        'foreign-provider',
        "the application's own OpenTelemetry provider is used; spans of nginx and of workflow code need ours and are left out",
      );
    }
  }

  /** Idempotent; resolves also when the receiver is gone. */
  onApplicationShutdown(): Promise<void> {
    this.stopped ??= stopTracing().then(() => this.root.flush());
    return this.stopped;
  }
}

/** Two of them would trace every request twice. */
function refuseSecondModule(modules: ModulesContainer): void {
  const own = [...modules.values()].filter((module) => module.providers.has(ObservabilityLifecycle));
  if (own.length < 2) return;
  throw new OnetraceError(
    ERROR_CODES.duplicateModule,
    `ObservabilityModule stands ${own.length} times in this application; import forRoot or forRootAsync once, in the root module: it is global`,
  );
}

import { type DynamicModule, Global, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { Params, PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import {
  FailureListener,
  HTTP_SETTINGS,
  METRICS_PATH,
  MetricsEndpoint,
  MiddlewareWatchModule,
  OutgoingPropagation,
  REQUEST_SCOPE,
  RequestTraces,
  RouteEntrance,
  ServerEntrance,
  TraceInterceptor,
} from '../http/index.js';
import {
  createRootLogger,
  expectModulesLogger,
  nestjsPino,
  NestLineLogger,
  processComponent,
} from '../logging/index.js';
import { HttpMetrics } from '../metrics/index.js';
import { getTracer, ONETRACE_TRACER, TracingService } from '../tracing/index.js';
import { asyncOptionProviders, type ObservabilityModuleAsyncOptions } from './async-options.js';
import { speakEarly } from './early-logger.js';
import { loggerModuleParams, OUR_LOGGER_MODULE } from './logger-module-params.js';
import { ObservabilityLifecycle } from './observability-lifecycle.js';
import type { ObservabilityModuleOptions } from './observability.options.js';
import { readOptions } from './read-options.js';
import { requestLoggerScope } from './request-logger.js';
import { type ResolvedObservabilityOptions, resolveOptions } from './resolve-options.js';
import { StartWatchModule } from './start-watch.js';
import { LOGGER_PARAMS, NEST_LOGGER, OBSERVABILITY_OPTIONS, RESOLVED_OPTIONS, ROOT_LOGGER } from './tokens.js';

@Module({})
class ObservabilityOptionsModule {}

/**
 * Traces, JSON lines and metrics for an application: a span for every request that reaches the process, lines that carry
 * the trace ID, `/metrics`. In an application context without HTTP everything but HTTP.
 */
@Global()
@Module({})
export class ObservabilityModule {
  /** @throws OnetraceError ONETRACE_INVALID_OPTION at the call. */
  static forRoot(options: ObservabilityModuleOptions): DynamicModule {
    const checked = readOptions(options);
    speakEarly(() => resolveOptions(checked).logging);
    return build([{ provide: OBSERVABILITY_OPTIONS, useValue: checked }], []);
  }

  /**
   * Like `forRoot`, with options made by a factory; a wrong option stops the start.
   *
   * @throws OnetraceError ONETRACE_INVALID_OPTION at the call when not exactly one factory is named.
   */
  static forRootAsync(options: ObservabilityModuleAsyncOptions): DynamicModule {
    const providers = asyncOptionProviders(options);
    speakEarly(() => ({ component: processComponent(), level: 'info', destination: undefined }));
    return build(providers, options.imports ?? []);
  }
}

function build(providers: Provider[], imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
  expectModulesLogger();
  const { LoggerModule, PARAMS_PROVIDER_TOKEN, PinoLogger: PinoLoggerClass } = nestjsPino();
  // The options have a module of their own because the logger's module needs them before ours is built.
  const optionsModule: DynamicModule = {
    module: ObservabilityOptionsModule,
    imports,
    providers: [
      ...providers,
      { provide: RESOLVED_OPTIONS, useFactory: resolveOptions, inject: [OBSERVABILITY_OPTIONS] },
      {
        provide: ROOT_LOGGER,
        useFactory: (options: ResolvedObservabilityOptions): Logger => createRootLogger(options.logging),
        inject: [RESOLVED_OPTIONS],
      },
    ],
    exports: [OBSERVABILITY_OPTIONS, RESOLVED_OPTIONS, ROOT_LOGGER],
  };
  const fromOptions = <T>(provide: symbol, read: (options: ResolvedObservabilityOptions) => T): Provider => ({
    provide,
    useFactory: read,
    inject: [RESOLVED_OPTIONS],
  });
  return {
    module: ObservabilityModule,
    imports: [
      optionsModule,
      StartWatchModule,
      MiddlewareWatchModule,
      LoggerModule.forRootAsync({
        imports: [optionsModule],
        inject: [ROOT_LOGGER, ModulesContainer, HttpAdapterHost],
        useFactory: loggerModuleParams,
        providers: [{ provide: OUR_LOGGER_MODULE, useValue: true }],
      }),
    ],
    providers: [
      fromOptions(HTTP_SETTINGS, (options) => options.http),
      fromOptions(METRICS_PATH, (options) => options.metricsPath),
      { provide: LOGGER_PARAMS, useExisting: PARAMS_PROVIDER_TOKEN },
      {
        provide: NEST_LOGGER,
        useFactory: (logger: PinoLogger, { renameContext }: Params) =>
          new NestLineLogger(() => logger.logger, renameContext),
        inject: [PinoLoggerClass, LOGGER_PARAMS],
      },
      {
        provide: REQUEST_SCOPE,
        useFactory: requestLoggerScope,
        inject: [PinoLoggerClass, LOGGER_PARAMS, ROOT_LOGGER],
      },
      { provide: ONETRACE_TRACER, useFactory: getTracer },
      ObservabilityLifecycle,
      TracingService,
      HttpMetrics,
      MetricsEndpoint,
      OutgoingPropagation,
      RequestTraces,
      ServerEntrance,
      RouteEntrance,
      FailureListener,
      TraceInterceptor,
      { provide: APP_INTERCEPTOR, useExisting: TraceInterceptor },
    ],
    exports: [ObservabilityLifecycle, TracingService, TraceInterceptor, ONETRACE_TRACER, optionsModule, LoggerModule],
  };
}

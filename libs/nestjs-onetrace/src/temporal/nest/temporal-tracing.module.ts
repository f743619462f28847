import {
  type DynamicModule,
  type FactoryProvider,
  Global,
  Inject,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type Provider,
} from '@nestjs/common';
import { OnetraceTemporalPlugin } from '../onetrace-temporal.plugin.js';
import { resolveTemporalTracingOptions } from '../resolve-options.js';
import type { ResolvedTemporalTracingOptions, TemporalTracingOptions } from '../temporal-tracing.options.js';
import { SearchAttributeStart } from './search-attribute.start.js';
import { TemporalActivities } from './temporal-activities.js';

/** Options of `TemporalTracingModule.forRootAsync`. */
export interface TemporalTracingModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  /** Makes the options, at once or later, from what `inject` names. */
  readonly useFactory: (...dependencies: never[]) => TemporalTracingOptions | Promise<TemporalTracingOptions>;
}

const OPTIONS = Symbol.for('onetrace.TEMPORAL_TRACING_OPTIONS');

/**
 * Tracing through Temporal for a Nest application: injects `OnetraceTemporalPlugin` where clients and workers are made,
 * and `TemporalActivities`. The search attribute is registered from the start on, beside everything else. Global.
 */
@Global()
@Module({})
export class TemporalTracingModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(SearchAttributeStart) private readonly searchAttribute: SearchAttributeStart) {}

  /** @throws OnetraceError ONETRACE_INVALID_OPTION at the call. */
  static forRoot(options?: TemporalTracingOptions): DynamicModule {
    return build({ provide: OPTIONS, useValue: resolve(options) }, undefined);
  }

  /** Like `forRoot`, with options made by a factory; a wrong option stops the start. */
  static forRootAsync({ imports, inject, useFactory }: TemporalTracingModuleAsyncOptions): DynamicModule {
    const provider = {
      provide: OPTIONS,
      inject: inject ?? [],
      useFactory: async (...dependencies: never[]) => resolve(await useFactory(...dependencies)),
    };
    return build(provider, imports);
  }

  onApplicationBootstrap(): void {
    this.searchAttribute.begin();
  }

  onModuleDestroy(): void {
    this.searchAttribute.end();
  }
}

function resolve(options: unknown): ResolvedTemporalTracingOptions {
  return resolveTemporalTracingOptions(options, 'TemporalTracingModule');
}

function build(options: Provider, imports: ModuleMetadata['imports']): DynamicModule {
  return {
    module: TemporalTracingModule,
    ...(imports === undefined ? {} : { imports }),
    providers: [
      options,
      TemporalActivities,
      {
        provide: SearchAttributeStart,
        useFactory: ({ searchAttribute }: ResolvedTemporalTracingOptions) => new SearchAttributeStart(searchAttribute),
        inject: [OPTIONS],
      },
      {
        provide: OnetraceTemporalPlugin,
        useFactory: (resolved: ResolvedTemporalTracingOptions, start: SearchAttributeStart) =>
          new OnetraceTemporalPlugin(resolved, start),
        inject: [OPTIONS, SearchAttributeStart],
      },
    ],
    exports: [OnetraceTemporalPlugin, TemporalActivities],
  };
}

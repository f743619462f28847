import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Provider, Type } from '@nestjs/common';
import { describeReceived, isOptionsObject } from '../tracing/index.js';
import { invalid, unknownOption } from './invalid-option.js';
import type { ObservabilityModuleOptions, ObservabilityOptionsFactory } from './observability.options.js';
import { OBSERVABILITY_OPTIONS } from './tokens.js';

/** Options of `ObservabilityModule.forRootAsync`: exactly one of `useFactory`, `useClass`, `useExisting`. */
export interface ObservabilityModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  /** Makes the options, at once or later, from what `inject` names. */
  readonly useFactory?: (...dependencies: never[]) => ObservabilityModuleOptions | Promise<ObservabilityModuleOptions>;
  /** Tokens of what `useFactory` is called with, in its order; their modules stand in `imports`. */
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  /** A class of which one is made for this; what it injects comes from `imports`. */
  readonly useClass?: Type<ObservabilityOptionsFactory>;
  /** Token of a factory that a module in `imports` exports, or that is global. */
  readonly useExisting?: InjectionToken<ObservabilityOptionsFactory>;
}

const SOURCES = ['useFactory', 'useClass', 'useExisting'] as const;
const MEMBERS: readonly string[] = [...SOURCES, 'inject', 'imports'];

/**
 * The provider of the user's options.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION when not exactly one source is named.
 */
export function asyncOptionProviders(given: ObservabilityModuleAsyncOptions): Provider[] {
  checkAsyncOptions(given);
  const { useFactory, inject = [], useClass, useExisting } = given;
  if (useFactory !== undefined) {
    return [{ provide: OBSERVABILITY_OPTIONS, useFactory: useFactory as () => unknown, inject: [...inject] }];
  }
  const source = useClass ?? useExisting;
  return [
    ...(useClass === undefined ? [] : [useClass]),
    {
      provide: OBSERVABILITY_OPTIONS,
      useFactory: (factory: ObservabilityOptionsFactory): unknown => {
        if (
          typeof (factory as Partial<ObservabilityOptionsFactory> | undefined)?.createObservabilityOptions ===
          'function'
        )
          return factory.createObservabilityOptions();
        throw invalid(
          `forRootAsync got ${describeReceived(factory)} for ${describeToken(source)}; it takes a provider with a method createObservabilityOptions`,
        );
      },
      inject: [source as InjectionToken],
    },
  ];
}

function checkAsyncOptions(given: unknown): asserts given is ObservabilityModuleAsyncOptions {
  if (!isOptionsObject(given)) {
    throw invalid(`forRootAsync got ${describeReceived(given)}; it takes { useFactory, inject, imports }`);
  }
  for (const key of Object.keys(given)) {
    if (!MEMBERS.includes(key)) throw unknownOption('', key, MEMBERS, []);
  }
  const named = SOURCES.filter((source) => given[source] !== undefined);
  if (named.length !== 1) {
    const got = named.length === 0 ? 'none' : named.join(' and ');
    throw invalid(`forRootAsync takes exactly one of ${SOURCES.join(', ')}; it got ${got}`);
  }
  for (const source of ['useFactory', 'useClass'] as const) {
    if (given[source] === undefined || typeof given[source] === 'function') continue;
    throw invalid(
      `forRootAsync option "${source}" is ${describeReceived(given[source])}; it takes a function or class`,
    );
  }
  for (const list of ['inject', 'imports']) {
    if (given[list] === undefined || Array.isArray(given[list])) continue;
    throw invalid(`forRootAsync option "${list}" is ${describeReceived(given[list])}; it takes a list`);
  }
}

function describeToken(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}

import { type DynamicModule, type FactoryProvider, Inject, Module, type ModuleMetadata } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import type { ConnectorOptions } from './connector.options.js';
import { createConnector } from './create-connector.js';
import { connectorNameOf, getConnectorToken } from './inject-connector.decorator.js';
import { checkAsyncOptions } from './option.checks.js';
import { resolveConnectorOptions } from './options.resolver.js';

/** Options of `ConnectorModule.registerAsync`. */
export interface ConnectorModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  /** Name under which the connector is injected. */
  readonly name: string;
  readonly inject?: FactoryProvider['inject'];
  /** Makes all options but the name. */
  readonly useFactory: (...dependencies: never[]) => ConnectorFactoryResult | Promise<ConnectorFactoryResult>;
}

/** What a factory of `registerAsync` returns. */
export type ConnectorFactoryResult = Omit<ConnectorOptions, 'name'>;

/** Registers connectors by name, each for one target. */
@Module({})
export class ConnectorModule {
  /** @internal */
  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    refuseTwins(modules);
  }

  /**
   * Registers one connector.
   *
   * @throws OnetraceError ONETRACE_INVALID_OPTION naming the option, what it got and what it takes.
   */
  static register(options: ConnectorOptions): DynamicModule {
    // A wrong option stops the start here, where the stack names the module that gave it.
    resolveConnectorOptions(options);
    return moduleOf(
      { provide: getConnectorToken(options.name), useFactory: () => createConnector(options) },
      undefined,
    );
  }

  /**
   * Registers one connector whose options come from other providers; a wrong one stops the start.
   *
   * @throws OnetraceError ONETRACE_INVALID_OPTION where there is no name or no factory.
   */
  static registerAsync(options: ConnectorModuleAsyncOptions): DynamicModule {
    checkAsyncOptions(options);
    const { name, inject, imports, useFactory } = options;
    const provider = {
      provide: getConnectorToken(name),
      inject: inject ?? [],
      useFactory: async (...dependencies: never[]) => createConnector({ ...(await useFactory(...dependencies)), name }),
    };
    return moduleOf(provider, imports);
  }
}

/**
 * Looks at one application: others in the process have connectors of their own.
 *
 * @throws OnetraceError ONETRACE_DUPLICATE_MODULE: who asks for a name would get the one or the other by the order of imports.
 */
function refuseTwins(modules: ModulesContainer): void {
  const known = new Set<unknown>();
  for (const { metatype, providers } of modules.values()) {
    if (metatype !== ConnectorModule) continue;
    for (const token of providers.keys()) {
      if (connectorNameOf(token) !== undefined && known.has(token)) throw twins(connectorNameOf(token));
      known.add(token);
    }
  }
}

function twins(name: string | undefined): OnetraceError {
  return new OnetraceError(
    ERROR_CODES.duplicateModule,
    `ConnectorModule has several connectors of the name "${name}" in this application; register it once, and import what register gave in each module that injects it, or give each a name of its own`,
  );
}

function moduleOf(provider: FactoryProvider, imports: ModuleMetadata['imports']): DynamicModule {
  return {
    module: ConnectorModule,
    ...(imports === undefined ? {} : { imports }),
    providers: [provider],
    exports: [provider.provide],
  };
}

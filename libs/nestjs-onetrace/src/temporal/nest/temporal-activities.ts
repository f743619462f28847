import { Inject, Injectable, Scope, type Type } from '@nestjs/common';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import { activeActivity } from '../activity/active-activity.js';
import { invalidTemporalOption } from '../resolve-options.js';

/** What `Worker.create({ activities })` takes. */
export type ActivityFunctions = Record<string, (...args: unknown[]) => Promise<unknown>>;

type Methods = Record<string, (...args: unknown[]) => unknown>;

const LIFECYCLE_HOOKS: readonly string[] = [
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
];

/**
 * Makes the methods of providers Temporal activities that run in their Nest context: `inject` it where the worker is
 * created. Request-scoped providers are made afresh for each attempt, with Temporal's activity context as their
 * `REQUEST`.
 */
@Injectable()
export class TemporalActivities {
  constructor(@Inject(ModuleRef) private readonly moduleRef: ModuleRef) {}

  /**
   * The methods of the providers as activities, each under its own name; accessors, the constructor and Nest's lifecycle
   * hooks are none.
   *
   * @throws OnetraceError ONETRACE_INVALID_OPTION when two providers have a method of the same name, or one has none.
   * @throws UnknownElementException of Nest for a class that no module provides.
   */
  of(...providers: readonly Type[]): ActivityFunctions {
    const activities: ActivityFunctions = {};
    const owners = new Map<string, string>();
    for (const provider of providers) {
      const { scope } = this.moduleRef.introspect(provider);
      const names = methodNames(provider);
      if (names.size === 0) {
        throw invalidTemporalOption(
          'TemporalActivities',
          `got ${provider.name}, which has no methods; functions in fields are none. Write them as methods, or leave it out`,
        );
      }
      for (const name of names) {
        const owner = owners.get(name);
        if (owner !== undefined) {
          throw invalidTemporalOption(
            'TemporalActivities',
            `got method "${name}" in ${owner} and in ${provider.name}; an activity has one. Rename one of them`,
          );
        }
        owners.set(name, provider.name);
        activities[name] = async (...args) => {
          const instance = await this.instanceOf(provider, scope ?? Scope.DEFAULT);
          return instance[name]?.(...args);
        };
      }
    }
    return activities;
  }

  private async instanceOf(provider: Type, scope: Scope): Promise<Methods> {
    if (scope === Scope.DEFAULT) return this.moduleRef.get<Methods>(provider as Type<Methods>, { strict: false });
    const contextId = ContextIdFactory.create();
    this.moduleRef.registerRequestByContextId(activeActivity(), contextId);
    return this.moduleRef.resolve<Methods>(provider as Type<Methods>, contextId, { strict: false });
  }
}

function methodNames(provider: Type): Set<string> {
  const names = new Set<string>();
  let holder = provider.prototype as object | null;
  for (; holder !== null && holder !== Object.prototype; holder = Object.getPrototypeOf(holder) as object | null) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (typeof value === 'function' && name !== 'constructor' && !LIFECYCLE_HOOKS.includes(name)) names.add(name);
    }
  }
  return names;
}

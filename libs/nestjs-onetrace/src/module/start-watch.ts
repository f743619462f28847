import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { applicationStarted } from './applications.js';
import { ObservabilityLifecycle } from './observability-lifecycle.js';

/** Notes that the start has come to an end: its bootstrap hook is the last of all. */
@Injectable()
export class StartWatch implements OnApplicationBootstrap {
  constructor(
    private readonly lifecycle: ObservabilityLifecycle,
    modules: ModulesContainer,
  ) {
    // Nearer than the root module, which Nest calls last.
    for (const module of modules.values()) {
      if (module.providers.has(StartWatch)) module.distance = Number.NEGATIVE_INFINITY;
    }
  }

  onApplicationBootstrap(): void {
    applicationStarted(this.lifecycle.application);
  }
}

/** A module of its own, because hooks are called module by module. */
@Module({ providers: [StartWatch] })
export class StartWatchModule {}

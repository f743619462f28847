import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HTTP_SETTINGS, type HttpSettings } from '../http-settings.js';
import { propagateTo } from './outgoing-subscription.js';
import { compileTargets } from './target-list.js';

/**
 * Sends the trace along with the application's own `fetch`, undici and `node:http` calls to the targets that it named, as long as it
 * runs. Without a list nothing is subscribed and nothing costs anything.
 */
@Injectable()
export class OutgoingPropagation implements OnModuleInit, OnApplicationShutdown {
  private stop: (() => void) | undefined;

  constructor(@Inject(HTTP_SETTINGS) private readonly settings: HttpSettings) {}

  onModuleInit(): void {
    const { propagateTo: list } = this.settings;
    if (list.length > 0) this.stop ??= propagateTo(compileTargets(list));
  }

  onApplicationShutdown(): void {
    this.stop?.();
    this.stop = undefined;
  }
}

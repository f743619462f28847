import { setTimeout as sleep } from 'node:timers/promises';
import type { ModulesContainer } from '@nestjs/core';
import type { Params } from 'nestjs-pino';
import type { Logger } from 'pino';
import { nestjsPino } from '../logging/index.js';
import { noticeOnce } from '../tracing/index.js';

/** Provided in our LoggerModule, which tells it from the application's own. */
export const OUR_LOGGER_MODULE = Symbol.for('onetrace.OUR_LOGGER_MODULE');

// Express's `/*path` does not match `/`, and the default of nestjs-pino 5.2 misses handlers of Fastify on Nest 12.
const EVERY_ROUTE = '{*path}';

// Bounds what a start that has failed elsewhere leaves behind.
const LONGEST_WAIT_MS = 10_000;

/**
 * Parameters of our LoggerModule. nestjs-pino keeps one logger a process, made of the parameters that it saw first:
 * where the application has a LoggerModule of its own, ours repeats its parameters, or its redaction would be lost
 * whenever its factory takes longer than ours. It then mounts no middleware, or every request would be logged twice.
 */
export async function loggerModuleParams(logger: Logger, modules: ModulesContainer): Promise<Params> {
  const own = await ownParams(modules);
  if (own !== undefined) return withoutEffects(own);
  // Our request lines replace pino-http's, and the trace ID its request binding.
  return { pinoHttp: { logger, autoLogging: false, quietReqLogger: true }, forRoutes: [EVERY_ROUTE] };
}

async function ownParams(modules: ModulesContainer): Promise<Params | undefined> {
  const { LoggerModule, PARAMS_PROVIDER_TOKEN } = nestjsPino();
  for (const module of modules.values()) {
    if (module.metatype !== LoggerModule || module.providers.has(OUR_LOGGER_MODULE)) continue;
    const provider = module.providers.get(PARAMS_PROVIDER_TOKEN);
    if (provider !== undefined) return (await made(provider)) as Params | undefined;
  }
  return undefined;
}

// Nest builds all modules at once and tells nobody when one provider is there; what this one needs never needs ours.
async function made(provider: { readonly instance: unknown }): Promise<unknown> {
  const patience = Date.now() + LONGEST_WAIT_MS;
  while (provider.instance === undefined || provider.instance === null) {
    if (Date.now() > patience) {
      noticeOnce('own-logger-module', "the application's LoggerModule came too late: its options do not apply");
      return undefined;
    }
    await sleep(1);
  }
  return provider.instance;
}

function withoutEffects(params: Params): Params {
  const copy: Params = { ...params, forRoutes: [] };
  delete copy.microservice;
  return copy;
}

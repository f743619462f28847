import { setTimeout as sleep } from 'node:timers/promises';
import type { AbstractHttpAdapter, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { Params } from 'nestjs-pino';
import { type DestinationStream, type Logger, symbols } from 'pino';
import { getIdentity } from '../context/index.js';
import { modulesLoggerMade, nestjsPino } from '../logging/index.js';
import { noticeOnce } from '../tracing/index.js';
import { bindsWithoutMiddleware } from './request-logger.js';

/** Provided in our LoggerModule, which tells it from the application's own. */
export const OUR_LOGGER_MODULE = Symbol.for('onetrace.OUR_LOGGER_MODULE');

// Express's `/*path` does not match `/`, and behind the default of nestjs-pino 5.2 a handler of Fastify on Nest 12 has no request logger.
const EVERY_ROUTE = '{*path}';

const UNWRITTEN = 'onetrace.request';

// pino names the symbols only at run time.
const { streamSym } = symbols as unknown as Record<'streamSym', symbol>;

// Bounds what a start that has failed elsewhere leaves behind.
const LONGEST_WAIT_MS = 10_000;

/**
 * Parameters of our LoggerModule. nestjs-pino keeps one logger a process, made of the parameters that it saw first:
 * where the application has a LoggerModule of its own, ours repeats its parameters, or its redaction would be lost
 * whenever its factory takes longer than ours. It then mounts no middleware, or every request would be logged twice.
 */
export async function loggerModuleParams(
  logger: Logger,
  modules: ModulesContainer,
  { httpAdapter }: HttpAdapterHost,
): Promise<Params> {
  const own = await ownParams(modules);
  if (own !== undefined) {
    // It has not mounted its middleware yet.
    if ((httpAdapter as AbstractHttpAdapter | undefined)?.getType() === 'fastify') own.forRoutes ??= [EVERY_ROUTE];
    return withoutEffects(own);
  }
  // Our request lines replace pino-http's, and the trace ID its request binding.
  return { pinoHttp: { logger, ...REQUEST_BINDING }, forRoutes: bindsWithoutMiddleware() ? [] : [EVERY_ROUTE] };
}

/** Leaves pino-http nothing to say: `req.id` is the request ID that the caller gets, and no line needs it twice. */
const REQUEST_BINDING = {
  autoLogging: false,
  quietReqLogger: true,
  genReqId: () => getIdentity().requestId as string,
  customAttributeKeys: { reqId: UNWRITTEN },
  serializers: { [UNWRITTEN]: () => undefined },
} as const;

/**
 * Lets nestjs-pino's one logger a process speak for an application. Where that has a LoggerModule of its own, this
 * decides about its lines, and what it leaves open, level and destination, are those of `ObservabilityModule`.
 */
export function speakThrough(shared: Logger, { pinoHttp }: Params, root: Logger): void {
  const internals = shared as unknown as PinoInternals;
  const [options, stream] = Array.isArray(pinoHttp) ? pinoHttp : [pinoHttp];
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  const isOurs = given['logger'] === root;
  const names = (...keys: string[]): boolean => keys.some((key) => given[key] !== undefined);
  modulesLoggerMade(internals[streamSym] as DestinationStream, names('transport') && !names('logger'));
  if (isOurs || !names('logger', 'level', 'customLevels', 'write')) shared.level = root.level;
  if (!isOurs && (stream !== undefined || names('logger', 'stream', 'transport', 'write'))) return;
  internals[streamSym] = (root as unknown as PinoInternals)[streamSym];
}

interface PinoInternals {
  [key: symbol]: unknown;
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

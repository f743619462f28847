import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Params, PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { getIdentity } from '../context/index.js';
import { NO_SCOPE, type RequestScope } from '../http/index.js';
import { nestjsPino } from '../logging/index.js';

/** What pino-http puts on a request and its response; an application reads them where it has no injected logger. */
interface Logged {
  id?: unknown;
  log?: Logger;
}

/** A child that adds nothing: what one request gives it by `setBindings` stays that request's. */
const OWN_CHILD = { bindings: {} };

/** Whether requests get a logger without pino-http, as nestjs-pino 5.2 lets them; that of an earlier one needs its middleware. */
export function bindsWithoutMiddleware(): boolean {
  return typeof (nestjsPino().PinoLogger.prototype as { runInContext?: unknown }).runInContext === 'function';
}

/**
 * Gives each request a logger of its own, which `PinoLogger.assign` adds fields to. The middleware of nestjs-pino does so by pino-http, which describes
 * the whole request for its own lines first: that takes as long as everything else that a request with two lines costs. An application
 * with a LoggerModule of its own has that middleware, and decides about it.
 */
export function requestLoggerScope(pinoLogger: PinoLogger, params: Params, root: Logger): RequestScope {
  const isOurs = (params.pinoHttp as { logger?: Logger } | undefined)?.logger === root;
  if (!isOurs || !bindsWithoutMiddleware()) return NO_SCOPE;
  return (request, response, handle) =>
    pinoLogger.runInContext(() => {
      bind(request, response, pinoLogger.logger);
      return handle();
    }, OWN_CHILD);
}

function bind(request: IncomingMessage & Logged, response: ServerResponse & Logged, logger: Logger): void {
  request.id ??= getIdentity().requestId as string;
  request.log ??= logger;
  response.log ??= logger;
}

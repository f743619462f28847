import { ConsoleLogger, Logger as NestLogger } from '@nestjs/common';
import type { Logger } from 'pino';
import { createRootLogger, type LoggingSettings, NestLineLogger } from '../logging/index.js';

/**
 * Lets Nest say in the schema what it says before our module is built, a start that fails included. A logger that the
 * application has chosen stays, and so does one that it passes to `NestFactory` later.
 */
export function speakEarly(settings: () => LoggingSettings): void {
  const current = (NestLogger as unknown as { readonly staticInstanceRef?: unknown }).staticInstanceRef;
  const isDefault = current instanceof ConsoleLogger && current.constructor === ConsoleLogger;
  if (!isDefault && !(current instanceof EarlyLogger)) return;
  let root: Logger | undefined;
  NestLogger.overrideLogger(new EarlyLogger(() => (root ??= createRootLogger(settings()))));
}

/** Tells ours, which may be replaced, from one of the application's. */
class EarlyLogger extends NestLineLogger {}

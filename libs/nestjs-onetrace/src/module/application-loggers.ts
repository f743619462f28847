import type { Logger } from 'pino';
import { adoptedLoggers, nestjsPino } from '../logging/index.js';

/** What an application's loggers are found by. */
interface LoggingApplication {
  readonly root: Logger;
  readonly tracing: { readonly component: string };
}

/**
 * The loggers of some of the running applications whose level is the applications' own. nestjs-pino's one logger a
 * process speaks for the application that came last.
 */
export function loggersOf(
  meant: readonly LoggingApplication[],
  running: readonly LoggingApplication[],
): readonly Logger[] {
  const shared = nestjsPino().PinoLogger.root as Logger | undefined;
  const last = running.at(-1);
  return meant.flatMap((application) =>
    application === last && shared !== undefined ? [application.root, shared] : [application.root],
  );
}

/** The same for one application, with the adopted loggers that are its: those of its component, and with the last those of no application's. */
export function allLoggersOf(
  application: LoggingApplication,
  running: readonly LoggingApplication[],
): readonly Logger[] {
  const ownerOf = (component: string): LoggingApplication | undefined =>
    running.findLast(({ tracing }) => tracing.component === component) ?? running.at(-1);
  const adopted = adoptedLoggers().filter(({ component }) => ownerOf(component) === application);
  return [...loggersOf([application], running), ...adopted.map(({ logger }) => logger)];
}

/** Every logger that an application may have written to, whoever else does. */
export function everyLogger({ root }: LoggingApplication): readonly Logger[] {
  const shared = nestjsPino().PinoLogger.root as Logger | undefined;
  return [root, ...(shared === undefined ? [] : [shared]), ...adoptedLoggers().map(({ logger }) => logger)];
}

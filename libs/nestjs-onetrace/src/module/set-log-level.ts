import { adoptedLoggers, rootLogger } from '../logging/index.js';
import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import { describeReceived, noticeOnce } from '../tracing/index.js';
import { loggersOf } from './application-loggers.js';
import { runningApplications } from './applications.js';
import { changeLevels } from './change-level.js';
import type { ObservabilityModuleOptions } from './observability.options.js';
import { KINDS } from './option-kinds.js';

/** Least severe level that is written, in pino's spelling. */
export type LoggingLevel = NonNullable<NonNullable<ObservabilityModuleOptions['logging']>['level']>;

/**
 * Changes the level of this process's lines from now on, of child loggers too unless they were given a level of their
 * own; one line says so. Also without Nest.
 *
 * @param component only of the applications and adopted loggers of this component, where several share the process.
 * @throws OnetraceError ONETRACE_INVALID_OPTION when there is no such level.
 */
export function setLogLevel(level: LoggingLevel, component?: string): void {
  if (!KINDS.level.test(level)) {
    throw new OnetraceError(
      ERROR_CODES.invalidOption,
      `setLogLevel got ${describeReceived(level)} as its level; it takes ${KINDS.level.accepts}. Correct it`,
    );
  }
  const all = runningApplications();
  const meant = all.filter(({ tracing }) => component === undefined || tracing.component === component);
  const loggers = all.length === 0 && component === undefined ? [rootLogger()] : loggersOf(meant, all);
  const adopted = adoptedLoggers().filter((one) => component === undefined || one.component === component);
  if (component !== undefined && meant.length + adopted.length === 0) tellUnknown(component);
  changeLevels(
    new Map([...loggers, ...adopted.map(({ logger }) => logger)].map((logger) => [logger, level])),
    'setLogLevel',
  );
}

function tellUnknown(component: string): void {
  const known = new Set([
    ...runningApplications().map(({ tracing }) => tracing.component),
    ...adoptedLoggers().map((one) => one.component),
  ]);
  noticeOnce(
    `log-level ${component}`,
    `setLogLevel() changed nothing: no application and no adopted logger is the component ${describeReceived(component)}; ` +
      (known.size === 0 ? 'there is none yet' : `known: ${[...known].join(', ')}`),
  );
}

import { Logger as NestLogger } from '@nestjs/common';
import { errorStack, safely } from '../tracing/index.js';
import { componentLogger } from './component-logger.js';
import { isError } from './line-error.js';
import { expectLastWords } from './standard-output.js';

const lines = componentLogger();
// On the listener of every copy of the library in the process.
const WRITES_WARNINGS = Symbol.for('onetrace.logging.writes-warnings');
Object.defineProperty(logWarning, WRITES_WARNINGS, { value: true });

/**
 * Writes lines for uncaught errors, unhandled rejections and Node's warnings, and changes nothing about what the process
 * does with them: it prints, ends and exits as without. Returns how to end that.
 */
export function captureProcessEvents(): () => void {
  process.on('uncaughtExceptionMonitor', logUncaught);
  process.on('warning', logWarning);
  return () => {
    process.off('uncaughtExceptionMonitor', logUncaught);
    process.off('warning', logWarning);
  };
}

function logUncaught(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void {
  const message = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception';
  if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) {
    // The application handles it, and lives.
    lines.error(message, { error });
    return;
  }
  expectLastWords();
  // Lines of the start that nobody has asked for yet tell what led to this. A logger of the application's that throws would hide it.
  safely('last words', () => NestLogger.flush());
  lines.fatal(message, { error });
}

/** Anybody may emit anything; what is no error is no warning to Node either. */
function logWarning(warning: unknown): void {
  if (!isError(warning)) return;
  safely('warning', () => {
    const { name, message, code, detail } = warning as Error & { readonly code?: string; readonly detail?: string };
    // Asked for by --trace-warnings.
    const { traceProcessWarnings } = process as { readonly traceProcessWarnings?: boolean };
    const stack = traceProcessWarnings === true ? errorStack(warning) : undefined;
    lines.warn(`${name}: ${message}`, { extra: { warning: name, code, detail, stack } });
  });
}

/** Whether a text of the console is what Node itself prints of a warning, which has a line already. */
export function isPrintedWarning(text: unknown): boolean {
  const isPrinted = typeof text === 'string' && text.startsWith(`(${process.release.name}:${process.pid}) `);
  return isPrinted && process.listeners('warning').some((listener) => WRITES_WARNINGS in listener);
}

import { type Level, levels } from 'pino';
import type { LineDestination, LoggingSettings } from '../logging/index.js';
import type { CaptureSettings } from './captures.js';
import type { ObservabilityModuleOptions } from './observability.options.js';

type LoggingOptions = NonNullable<ObservabilityModuleOptions['logging']>;

const DEFAULT_LEVEL = 'info';

/** How lines are written: on a terminal for people, but not in production. */
export function loggingSettings(
  { component, logging = {} }: ObservabilityModuleOptions,
  environment: string | undefined,
): LoggingSettings {
  const { destination, level, pretty = 'auto' } = logging;
  return {
    component,
    level: level ?? leastSevere(destination),
    destination,
    pretty: pretty === 'auto' ? Boolean(process.stdout.isTTY) && environment !== 'production' : pretty,
  };
}

/** What of the process itself becomes lines. */
export function captureSettings({
  captureConsole = false,
  captureProcess = true,
}: LoggingOptions = {}): CaptureSettings {
  return { console: captureConsole, process: captureProcess };
}

/** Several destinations get what the most talkative of them wants. */
function leastSevere(destination: LoggingOptions['destination']): string {
  const wanted = Array.isArray(destination)
    ? (destination as readonly LineDestination[]).map(({ level }) => level ?? DEFAULT_LEVEL)
    : [];
  return Object.keys(levels.values).find((level) => wanted.includes(level as Level)) ?? DEFAULT_LEVEL;
}

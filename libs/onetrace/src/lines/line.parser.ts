import { stripVTControlCharacters } from 'node:util';
import { traceIdFrom } from '../telemetry/identifiers.js';
import type { LogLine } from '../telemetry/log-line.js';
import { readLogRecord, type LineDefaults } from './log-record.reader.js';

const TRACE_ID_IN_TEXT = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/i;

/**
 * One line of any program: JSON in our schema or plain pino's, Docker's json-file wrapper around one, or plain text.
 * Undefined for a blank line; nothing else is ever refused.
 */
export function parseLine(source: string, defaults: LineDefaults): LogLine | undefined {
  const trimmed = source.trim();
  if (trimmed === '') return undefined;
  const fields = parseObject(trimmed);
  if (fields === undefined) return readText(source, defaults);
  if (typeof fields['log'] === 'string' && typeof fields['stream'] === 'string') {
    const timeMs = Date.parse(String(fields['time']));
    return parseLine(fields['log'], { ...defaults, ...(!Number.isNaN(timeMs) && { timeMs }) });
  }
  return readLogRecord(fields, defaults);
}

function parseObject(source: string): Record<string, unknown> | undefined {
  if (!source.startsWith('{')) return undefined;
  try {
    const fields = JSON.parse(source) as Record<string, unknown>;
    return isDeeperThan(fields, DEEPEST) ? undefined : fields;
  } catch {
    return undefined;
  }
}

/** What is nested deeper can be parsed but not written again; it is kept as text. */
const DEEPEST = 200;

function isDeeperThan(value: object, limit: number): boolean {
  let level: object[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= limit) return true;
    level = level.flatMap((parent) =>
      Object.values(parent).filter((child): child is object => typeof child === 'object' && child !== null),
    );
  }
  return false;
}

/** Plain text keeps its indentation (stack traces) and loses its colours. */
function readText(source: string, defaults: LineDefaults): LogLine {
  const message = stripVTControlCharacters(source).trimEnd();
  const traceId = traceIdFrom(TRACE_ID_IN_TEXT.exec(message)?.[0]);
  return {
    timeMs: defaults.timeMs,
    level: 'INFO',
    message,
    ...(defaults.component !== undefined && { component: defaults.component }),
    ...(traceId !== undefined && { traceId }),
  };
}

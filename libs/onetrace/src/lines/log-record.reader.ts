import { spanIdFrom, traceIdFrom } from '../telemetry/identifiers.js';
import { LOG_LEVELS, type LogError, type LogLevel, type LogLine } from '../telemetry/log-line.js';

/** What a line is taken to say when it does not say so itself. */
export interface LineDefaults {
  /** When it arrived, milliseconds since the epoch. */
  timeMs: number;
  component?: string;
}

type Fields = Record<string, unknown>;

/** Names of the schema, with those that plain pino and others use for the same thing. */
const NAMES = {
  time: ['timestamp', 'time', '@timestamp', 'ts'],
  level: ['level', 'severity'],
  message: ['message', 'msg'],
  component: ['component'],
  traceId: ['trace_id', 'traceId'],
  spanId: ['span_id', 'spanId'],
  parentSpanId: ['parent_span_id'],
  requestId: ['request_id', 'requestId'],
  clientId: ['client_id'],
  pipelineId: ['pipeline_id'],
  tenantId: ['tenant_id'],
  userId: ['user_id'],
  workflowId: ['workflow_id', 'workflowId'],
  runId: ['run_id', 'runId'],
  activity: ['activity'],
  attempt: ['attempt'],
  durationMs: ['duration_ms'],
  error: ['error', 'err'],
  extra: ['extra'],
} as const;

type Name = keyof typeof NAMES;
const TEXTS = ['clientId', 'pipelineId', 'tenantId', 'userId', 'workflowId', 'runId', 'activity'] as const;
const NUMBERS = ['attempt', 'durationMs'] as const;
const OWN_FIELDS = new Set<string>(Object.values(NAMES).flat());

/** Levels of pino by number, and the names other loggers give to ours. */
const PINO_LEVELS: Record<number, LogLevel> = {
  10: 'DEBUG',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};
const LEVEL_ALIASES: Record<string, LogLevel> = {
  TRACE: 'DEBUG',
  LOG: 'INFO',
  NOTICE: 'INFO',
  INFORMATION: 'INFO',
  WARNING: 'WARN',
  ERR: 'ERROR',
  CRITICAL: 'FATAL',
  PANIC: 'FATAL',
};

/** A line from the fields of its JSON object. Unknown fields are kept in `extra`. */
export function readLogRecord(fields: Fields, defaults: LineDefaults): LogLine {
  const line: LogLine = {
    timeMs: readTime(pick(fields, 'time')) ?? defaults.timeMs,
    level: readLevel(pick(fields, 'level')),
    message: readMessage(fields),
  };
  const extra = readExtra(fields);
  const component = text(pick(fields, 'component')) ?? defaults.component;
  const traceId = traceIdFrom(pick(fields, 'traceId'));
  const spanId = spanIdFrom(pick(fields, 'spanId'));
  const parentSpanId = spanIdFrom(pick(fields, 'parentSpanId'));
  const requestId = text(extra?.['request_id']) ?? text(pick(fields, 'requestId'));
  const error = readError(pick(fields, 'error'));
  if (component !== undefined) line.component = component;
  if (traceId !== undefined) line.traceId = traceId;
  if (spanId !== undefined) line.spanId = spanId;
  if (parentSpanId !== undefined) line.parentSpanId = parentSpanId;
  if (requestId !== undefined) line.requestId = requestId;
  for (const name of TEXTS) {
    const value = text(pick(fields, name));
    if (value !== undefined) line[name] = value;
  }
  for (const name of NUMBERS) {
    const value = readNumber(pick(fields, name));
    if (value !== undefined) line[name] = value;
  }
  if (error !== undefined) line.error = error;
  if (extra !== undefined) line.extra = extra;
  return line;
}

function pick(fields: Fields, name: Name): unknown {
  for (const key of NAMES[name]) if (fields[key] !== undefined && fields[key] !== null) return fields[key];
  return undefined;
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readNumber(value: unknown): number | undefined {
  if (value === '' || value === undefined) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function readMessage(fields: Fields): string {
  const message = pick(fields, 'message');
  if (typeof message === 'string') return message;
  return JSON.stringify(message ?? fields);
}

/** ISO 8601, or a number since the epoch whose size tells seconds, milliseconds, microseconds and nanoseconds apart. */
function readTime(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\d+(\.\d+)?$/.test(value)) {
    const parsed = Date.parse(value);
    return Number.isNaN(parsed) ? undefined : parsed;
  }
  const number = readNumber(value);
  // Beyond the last nanosecond that a date can have.
  if (number === undefined || number <= 0 || number > 8.64e21) return undefined;
  if (number < 1e11) return number * 1000;
  if (number < 1e14) return number;
  return number < 1e17 ? number / 1e3 : number / 1e6;
}

function readLevel(value: unknown): LogLevel {
  if (typeof value === 'number') return PINO_LEVELS[Math.min(60, Math.floor(value / 10) * 10)] ?? 'INFO';
  const name = typeof value === 'string' ? value.toUpperCase() : '';
  return LOG_LEVELS.find((level) => level === name) ?? LEVEL_ALIASES[name] ?? 'INFO';
}

function readError(value: unknown): LogError | undefined {
  if (typeof value === 'string' && value !== '') return { message: value };
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, name, message, stack } = value as Record<string, unknown>;
  const error: LogError = {};
  const errorType = text(type) ?? text(name);
  const errorMessage = text(message);
  const errorStack = text(stack);
  if (errorType !== undefined) error.type = errorType;
  if (errorMessage !== undefined) error.message = errorMessage;
  if (errorStack !== undefined) error.stack = errorStack;
  return Object.keys(error).length > 0 ? error : undefined;
}

function readExtra(fields: Fields): Fields | undefined {
  const given = fields['extra'];
  const extra: Fields = typeof given === 'object' && given !== null ? { ...given } : {};
  for (const [key, value] of Object.entries(fields)) {
    if (!OWN_FIELDS.has(key)) extra[key] = value;
  }
  return Object.keys(extra).length > 0 ? extra : undefined;
}

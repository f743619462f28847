import { isSpanContextValid, type SpanContext, trace } from '@opentelemetry/api';
import { configure } from 'safe-stable-stringify';
import { componentOf, getIdentity } from '../context/index.js';
import { LOG_FIELDS, type LogLevel, MAX_LINE_BYTES } from '../semantics/index.js';
import { errorMessage, errorType, redactPaths, redactText, redactValue } from '../tracing/index.js';

/** What a line is made of before it becomes JSON. `fields` holds top-level fields and everything for `extra`. */
export interface LineParts {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly component: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const TOP_FIELDS: ReadonlySet<string> = new Set(LOG_FIELDS);
const NUMBER_FIELDS: ReadonlySet<string> = new Set(['attempt', 'duration_ms']);
const stringify = configure({
  deterministic: false,
  circularValue: '[circular]',
  maximumDepth: 12,
  maximumBreadth: 1000,
});
const LONGEST_MESSAGE_IN_CUT_LINE = 2048;

/**
 * Writes one line of the schema: a JSON object, fields in fixed order, absent ones left out, unknown ones inside
 * `extra`, secrets by key name redacted, at most 32 KiB. Trace, span and identity come from the active context
 * unless the fields give them. Survives every value.
 */
export function writeLine(parts: LineParts): string {
  const { top, error, extra } = sortFields(parts.fields);
  const line = assemble(parts, top, error, extra);
  if (line.length * 3 <= MAX_LINE_BYTES) return line;
  const bytes = Buffer.byteLength(line);
  if (bytes <= MAX_LINE_BYTES) return line;
  const message = parts.message.slice(0, LONGEST_MESSAGE_IN_CUT_LINE);
  const shortError =
    error === undefined ? undefined : { ...error, stack: error.stack?.slice(0, LONGEST_MESSAGE_IN_CUT_LINE) };
  return assemble({ ...parts, message }, top, shortError, { cut: true, bytes });
}

interface WrittenError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

function sortFields(fields: Readonly<Record<string, unknown>>): {
  top: Record<string, unknown>;
  error: WrittenError | undefined;
  extra: Record<string, unknown>;
} {
  const top: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  let error: WrittenError | undefined;
  for (const key of Object.keys(fields)) {
    const value = read(fields, key);
    if (value === undefined) continue;
    if (key === 'err' || key === 'error') error ??= describeError(value);
    else if (key === 'extra' && typeof value === 'object' && value !== null) Object.assign(extra, value);
    else if (TOP_FIELDS.has(key) && isTopValue(key, value)) top[key] = value;
    else extra[key] = value;
  }
  return { top, error, extra: redactPaths(extra) };
}

function assemble(
  parts: LineParts,
  top: Record<string, unknown>,
  error: WrittenError | undefined,
  extra: Readonly<Record<string, unknown>>,
): string {
  const identity = getIdentity();
  let traceId = top['trace_id'];
  let spanId = top['span_id'];
  if (traceId === undefined || spanId === undefined) {
    const active = activeSpanContext();
    traceId ??= active?.traceId;
    // A line that names another trace than the active one must not carry the active span's ID.
    if (traceId === active?.traceId) spanId ??= active?.spanId;
  }
  let line = `{"timestamp":"${isoTime(parts.timeMs)}","level":"${parts.level}","message":${quote(redactText(parts.message))}`;
  const add = (key: string, value: unknown): void => {
    if (value === undefined || value === '') return;
    line += `,"${key}":${typeof value === 'number' ? String(value) : quote(value as string)}`;
  };
  add('trace_id', traceId);
  add('span_id', spanId);
  add('parent_span_id', top['parent_span_id']);
  add('component', top['component'] ?? componentOf() ?? parts.component);
  add('client_id', top['client_id'] ?? identity.clientId);
  add('pipeline_id', top['pipeline_id'] ?? identity.pipelineId);
  add('tenant_id', top['tenant_id'] ?? identity.tenantId);
  add('user_id', top['user_id'] ?? identity.userId);
  add('workflow_id', top['workflow_id']);
  add('run_id', top['run_id']);
  add('activity', top['activity']);
  add('attempt', top['attempt']);
  add('duration_ms', top['duration_ms']);
  if (error !== undefined) line += `,"error":${toJson(error)}`;
  const more = flatJson(extra) ?? toJson(extra);
  if (more !== '{}') line += `,"extra":${more}`;
  return `${line}}\n`;
}

function activeSpanContext(): SpanContext | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  return active !== undefined && isSpanContextValid(active) ? active : undefined;
}

let lastTime = { ms: 0, text: new Date(0).toISOString() };

/** Many lines fall into one millisecond, and formatting it is a tenth of what a line costs. */
function isoTime(ms: number): string {
  if (lastTime.ms !== ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

function isTopValue(key: string, value: unknown): boolean {
  if (key === 'timestamp' || key === 'level' || key === 'message') return false;
  return NUMBER_FIELDS.has(key) ? typeof value === 'number' && Number.isFinite(value) : typeof value === 'string';
}

function describeError(error: unknown): WrittenError {
  try {
    const stack = (error as { stack?: unknown } | null)?.stack;
    return {
      type: errorType(error),
      message: errorMessage(error),
      ...(typeof stack === 'string' ? { stack } : {}),
    };
  } catch {
    return { type: 'unknown', message: '[unreadable error]' };
  }
}

function read(fields: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return fields[key];
  } catch {
    return '[unreadable]';
  }
}

const TO_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

// JSON.stringify escapes control characters and lone surrogates, so that no value can forge a second line.
function quote(text: string): string {
  return TO_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** What holds nothing but texts, numbers and booleans, as nearly every line's does: `undefined` where it holds more. */
function flatJson(values: Readonly<Record<string, unknown>>): string | undefined {
  let json = '';
  for (const key of Object.keys(values)) {
    const value = values[key];
    if (value === undefined) continue;
    let written: string;
    const safe = redactValue(key, value);
    if (typeof safe === 'string') written = quote(safe);
    else if (typeof safe !== 'boolean' && (typeof safe !== 'number' || !Number.isFinite(safe))) return undefined;
    else written = `${safe}`;
    json += `${json === '' ? '' : ','}${quote(key)}:${written}`;
    if (json.length > MAX_LINE_BYTES) return undefined;
  }
  return `{${json}}`;
}

function toJson(value: object): string {
  try {
    return stringify(value, redactValue) ?? '{}';
  } catch {
    return '{"unserializable":true}';
  }
}

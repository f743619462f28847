import type { LineFields } from './line-fields.js';
import { fieldsOfAny } from './own-form.js';

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

type FieldName = Extract<keyof LineFields, string>;

/** What each field may be. */
const RULES: Readonly<Record<FieldName, (value: unknown) => boolean>> = {
  trace_id: (value) => typeof value === 'string' && TRACE_ID.test(value),
  span_id: isSpanId,
  parent_span_id: isSpanId,
  component: isText,
  client_id: isText,
  pipeline_id: isText,
  tenant_id: isText,
  user_id: isText,
  workflow_id: isText,
  run_id: isText,
  activity: isText,
  attempt: isAttempt,
  duration_ms: isDuration,
  error: () => true,
  extra: (value) => typeof value === 'object' && value !== null,
};

/**
 * The same fields where each is as the schema wants it, which costs next to nothing. Otherwise a copy: what is empty is left
 * out, and what a field may not be, or is no field at all, stands in `extra`; code without types may give anything.
 */
export function properFields(fields: LineFields): LineFields {
  return isProper(fields) ? fields : separated(fields);
}

// Spelled out, because a loop over rules would cost more than the rest of a line.
function isProper(fields: LineFields): boolean {
  const { trace_id, span_id, parent_span_id, attempt, duration_ms, error, extra } = fields;
  const { component, client_id, pipeline_id, tenant_id, user_id, workflow_id, run_id, activity } = fields;
  let left = 0;
  for (const key in fields) if (fields[key as FieldName] !== undefined) left += 1;
  if (trace_id !== undefined && (left--, !isKnownTraceId(trace_id))) return false;
  if (span_id !== undefined && (left--, !isSpanId(span_id))) return false;
  if (parent_span_id !== undefined && (left--, !isSpanId(parent_span_id))) return false;
  if (component !== undefined && (left--, !isText(component))) return false;
  if (client_id !== undefined && (left--, !isText(client_id))) return false;
  if (pipeline_id !== undefined && (left--, !isText(pipeline_id))) return false;
  if (tenant_id !== undefined && (left--, !isText(tenant_id))) return false;
  if (user_id !== undefined && (left--, !isText(user_id))) return false;
  if (workflow_id !== undefined && (left--, !isText(workflow_id))) return false;
  if (run_id !== undefined && (left--, !isText(run_id))) return false;
  if (activity !== undefined && (left--, !isText(activity))) return false;
  if (attempt !== undefined && (left--, !isAttempt(attempt))) return false;
  if (duration_ms !== undefined && (left--, !isDuration(duration_ms))) return false;
  if (error !== undefined) left -= 1;
  if (extra !== undefined && (left--, typeof extra !== 'object' || extra === null)) return false;
  return left === 0;
}

function separated(fields: LineFields): LineFields {
  const proper: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || value === '') continue;
    if (!Object.hasOwn(RULES, key) || !RULES[key as FieldName](value)) extra[key] = value;
    else if (key === 'extra') Object.assign(extra, fieldsOfAny(value as object, true));
    else proper[key] = value;
  }
  return { ...proper, extra };
}

// The lines of a request follow one another, and give the very same text.
let lastTraceId = '';

function isKnownTraceId(value: unknown): boolean {
  if (value === lastTraceId) return true;
  if (!RULES.trace_id(value)) return false;
  lastTraceId = value as string;
  return true;
}

function isSpanId(value: unknown): boolean {
  return typeof value === 'string' && SPAN_ID.test(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isAttempt(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}

function isDuration(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0;
}

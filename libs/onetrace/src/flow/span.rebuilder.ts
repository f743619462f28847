import type { Attributes, Span } from '../telemetry/span.js';
import type { LogLine } from '../telemetry/log-line.js';
import { endsStartWorkflow, endsWorkflow, isAccessLine, phaseOf, requestsStep, tellsFailure } from './line.phase.js';

/** A span made from lines, and whether a line told its end. */
export interface RebuiltSpan {
  span: Span;
  ended: boolean;
}

/**
 * Spans are exported when they end: one whose process died, or that still runs, is missing. Its "started" line carries
 * span ID and parent, which is enough to put it back where it belongs. So does a proxy's access line: its span is exported
 * by the gateway behind it, which may be down. What a workflow asks for and its end are moments, told by one line each.
 */
export function rebuildSpans(traceId: string, spans: readonly Span[], lines: readonly LogLine[]): RebuiltSpan[] {
  const received = new Set(spans.map((span) => span.spanId));
  const bySpan = new Map<string, LogLine[]>();
  for (const line of lines) {
    if (line.spanId === undefined || received.has(line.spanId)) continue;
    bySpan.set(line.spanId, [...(bySpan.get(line.spanId) ?? []), line]);
  }
  return [...bySpan].flatMap(([spanId, ofSpan]) => rebuild(traceId, spanId, ofSpan) ?? []);
}

function rebuild(traceId: string, spanId: string, lines: LogLine[]): RebuiltSpan | undefined {
  const start = lines.find((line) => line.parentSpanId !== undefined && phaseOf(line) === 'start');
  const end = lines.find((line) => ['end', 'failure'].includes(phaseOf(line) ?? '') || endsStartWorkflow(line));
  const marksEnd = end !== undefined && end.parentSpanId !== undefined && endsWorkflow(end);
  const told = start ?? (end !== undefined && (isAccessLine(end) || marksEnd) ? end : undefined);
  if (told === undefined) return undefined;
  const startMs = start?.timeMs ?? told.timeMs - (marksEnd ? 0 : (told.durationMs ?? 0));
  const failed = end !== undefined && tellsFailure(end);
  return {
    ended: end !== undefined || requestsStep(told),
    span: {
      traceId,
      spanId,
      ...(told.parentSpanId !== undefined && { parentSpanId: told.parentSpanId }),
      name: nameOf(told),
      kind: isAccessLine(told) ? 'server' : 'internal',
      startMs,
      endMs: Math.max(startMs, end?.timeMs ?? startMs),
      status: failed ? 'error' : 'unset',
      attributes: attributesOf([told, ...(end && end !== told ? [end] : [])]),
      events: [],
      links: [],
      resource: told.component === undefined ? {} : { 'onetrace.component': told.component },
    },
  };
}

/** The name the lost span had, as far as the line tells. */
function nameOf(line: LogLine): string {
  if (isAccessLine(line)) return `edge ${line.message.replace(/ \d{3}$/, '')}`;
  const extra = line.extra ?? {};
  const word = (key: string) => (typeof extra[key] === 'string' ? extra[key] : undefined);
  const given = word('span_name') ?? word('span');
  if (given !== undefined) return given;
  const workflowType = word('workflow_type') ?? word('workflow');
  if (/^workflow start/i.test(line.message) && line.component === 'temporal')
    return `StartWorkflow:${workflowType ?? line.workflowId ?? ''}`;
  if (endsWorkflow(line)) return `CompleteWorkflow:${workflowType ?? line.workflowId ?? ''}`;
  if (/^workflow\b/i.test(line.message)) return `RunWorkflow:${workflowType ?? line.workflowId ?? ''}`;
  if (/^activity\b/i.test(line.message) && line.activity !== undefined) return `RunActivity:${line.activity}`;
  const target = word('target') ?? word('url') ?? word('route') ?? word('path');
  const method = word('method');
  if (method !== undefined && target !== undefined) return `${method} ${target}`;
  const operation = word('operation');
  const model = word('model');
  if (/^model call\b/i.test(line.message) && model !== undefined) return `${operation ?? 'model call'} ${model}`;
  const subject = line.message.replace(/\s+(started|requested|sent|received)$/i, '');
  return target === undefined ? subject : `${subject} ${target}`;
}

/** What the lines know, under the names that spans use, so that the rest need not care where a span came from. */
function attributesOf(lines: LogLine[]): Attributes {
  const attributes: Attributes = {};
  const set = (key: string, value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') attributes[key] = value;
  };
  for (const { extra = {}, ...line } of lines) {
    set('temporalWorkflowID', line.workflowId);
    set('temporalRunID', line.runId);
    set('temporal.attempt', line.attempt);
    set('temporal.task_queue', extra['task_queue']);
    set('onetrace.request_id', line.requestId);
    if (/\baborted$/i.test(line.message)) set('error.type', 'aborted');
    set('http.request.method', extra['method']);
    set('http.route', extra['route']);
    set('url.path', extra['path']);
    set('http.response.status_code', extra['status'] ?? extra['status_code']);
    set('onetrace.refusal', extra['reason']);
  }
  return attributes;
}

import type { Attributes, Span } from '../telemetry/span.js';
import type { LogLine } from '../telemetry/log-line.js';
import { endsStartWorkflow, phaseOf } from './line.phase.js';

/** A span made from lines, and whether a line told its end. */
export interface RebuiltSpan {
  span: Span;
  ended: boolean;
}

/**
 * Spans are exported when they end: one whose process died, or that still runs, is missing. Its "started" line carries
 * span ID and parent, which is enough to put it back where it belongs.
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
  if (start?.parentSpanId === undefined) return undefined;
  const end = lines.find((line) => ['end', 'failure'].includes(phaseOf(line) ?? '') || endsStartWorkflow(line));
  const failed = end !== undefined && phaseOf(end) === 'failure';
  return {
    ended: end !== undefined,
    span: {
      traceId,
      spanId,
      parentSpanId: start.parentSpanId,
      name: nameOf(start),
      kind: 'internal',
      startMs: start.timeMs,
      endMs: Math.max(start.timeMs, end?.timeMs ?? start.timeMs),
      status: failed ? 'error' : 'unset',
      attributes: attributesOf([start, ...(end ? [end] : [])]),
      events: [],
      links: [],
      resource: start.component === undefined ? {} : { 'onetrace.component': start.component },
    },
  };
}

/** The name the lost span had, as far as the line tells (DESIGN of the span names: docs/reference). */
function nameOf(line: LogLine): string {
  const extra = line.extra ?? {};
  const word = (key: string) => (typeof extra[key] === 'string' ? extra[key] : undefined);
  const given = word('span_name') ?? word('span');
  if (given !== undefined) return given;
  const workflowType = word('workflow_type') ?? word('workflow');
  if (/^workflow start/i.test(line.message) && line.component === 'temporal')
    return `StartWorkflow:${workflowType ?? line.workflowId ?? ''}`;
  if (/^workflow\b/i.test(line.message)) return `RunWorkflow:${workflowType ?? line.workflowId ?? ''}`;
  if (/^activity\b/i.test(line.message) && line.activity !== undefined) return `RunActivity:${line.activity}`;
  const target = word('target') ?? word('url') ?? word('route') ?? word('path');
  const method = word('method');
  if (method !== undefined && target !== undefined) return `${method} ${target}`;
  const operation = word('operation');
  const model = word('model');
  if (/^model call\b/i.test(line.message) && model !== undefined) return `${operation ?? 'call'} ${model}`;
  const subject = line.message.replace(/\s+(started|requested|sent)$/i, '');
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
    set('http.request.method', extra['method']);
    set('http.route', extra['route']);
    set('url.path', extra['path']);
    set('http.response.status_code', extra['status'] ?? extra['status_code']);
  }
  return attributes;
}

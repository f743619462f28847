import type { LogLine } from './log-line.js';
import type { Attributes, Span, SpanKind } from './span.js';

/** 2026-11-21T10:15:23.100Z */
export const T0 = Date.UTC(2026, 10, 21, 10, 15, 23, 100);
export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const WORKFLOW_ID = 'text-embedding-7f3a';
export const RUN_ID = '01999999-aaaa-7bbb-8ccc-dddddddddddd';

/** Times in ms after T0. */
interface SpanFixture {
  id: number;
  parent?: number;
  name: string;
  component: string;
  from: number;
  to: number;
  kind?: SpanKind;
  error?: string;
  status?: number;
  attributes?: Attributes;
}

/** Span ID of a small number. */
export function spanId(id: number): string {
  return id.toString(16).padStart(16, '0');
}

export function makeSpan(fixture: SpanFixture): Span {
  const { id, parent, name, component, from, to, kind = 'internal', error, status, attributes = {} } = fixture;
  return {
    traceId: TRACE_ID,
    spanId: spanId(id),
    ...(parent !== undefined && { parentSpanId: spanId(parent) }),
    name,
    kind,
    startMs: T0 + from,
    endMs: T0 + to,
    status: error === undefined ? 'unset' : 'error',
    ...(error !== undefined && { statusMessage: error }),
    attributes: { ...attributes, ...(status !== undefined && { 'http.response.status_code': status }) },
    events: [],
    links: [],
    resource: { 'service.name': component },
  };
}

export function makeLine(
  at: number,
  component: string,
  message: string,
  id?: number,
  more: Partial<LogLine> = {},
): LogLine {
  return {
    timeMs: T0 + at,
    level: 'INFO',
    message,
    component,
    traceId: TRACE_ID,
    ...(id !== undefined && { spanId: spanId(id) }),
    ...more,
  };
}

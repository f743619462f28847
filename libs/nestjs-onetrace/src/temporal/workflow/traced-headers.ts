import type { Payload } from '@temporalio/common';
import { activeSpanId, carrierOf, recordSpan, stepSpanId, type TraceState } from './trace-state.js';
import { type PayloadHeaders, withTracerData } from './tracer-data.js';

/** A call out of the workflow. */
export interface OutgoingStep {
  /** Kind and the SDK's sequence number: what its span ID is derived from. */
  readonly kind: string;
  readonly sequence: number;
  /** Name of its span. */
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /**
   * The line that tells of it: from it a reader can put the span back that the other side has as parent, should this
   * process die before the export.
   */
  readonly line?: { readonly message: string; readonly activity?: string };
}

/** Records the span and the line of a call out of the workflow and gives the headers that make it the parent of the other side. */
export function tracedHeaders(state: TraceState, headers: PayloadHeaders, step: OutgoingStep): Record<string, Payload> {
  return withTracerData(headers, carrierOf(state, recordStep(state, step)));
}

/** Records the span and the line of a call out of the workflow; gives the span's ID. */
export function recordStep(state: TraceState, { kind, sequence, name, attributes, line }: OutgoingStep): string {
  const spanId = stepSpanId(kind, sequence);
  const parentSpanId = activeSpanId(state);
  recordSpan(state, { spanId, parentSpanId, name, kind: 'client', attributes });
  if (line !== undefined) state.lines.push({ ...line, spanId, parentSpanId, extra: { span_name: name } });
  return spanId;
}

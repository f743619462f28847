import type { Payload } from '@temporalio/common';
import type { Traceparent } from '../../semantics/index.js';

/** Attributes as they leave the isolate. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What happened during a span and is none itself. */
export interface SpanEvent {
  readonly name: string;
  /** Milliseconds since the epoch by the isolate's clock. */
  readonly timeMs: number;
  readonly attributes: SpanAttributes;
}

/** A span of workflow code as plain data, as it leaves the isolate. */
export interface WorkflowSpan {
  /** Absent where it is the workflow's own. */
  readonly traceId?: string;
  /** Absent where nothing refers to the span and nothing may be derived (queries): the worker draws one. */
  readonly spanId?: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  /** Milliseconds since the epoch by the isolate's clock; absent for queries, whose clock stands still. */
  readonly timeMs?: number;
  /** The same; absent where the span is a moment. */
  readonly endTimeMs?: number;
  readonly attributes?: SpanAttributes | undefined;
  readonly events?: readonly SpanEvent[];
  readonly error?: WorkflowError | undefined;
  /** The sender of a signal or update; the workflow, for a query; the creator, for a run with a trace of its own. */
  readonly link?: Traceparent | undefined;
}

/** What made a workflow, or a span of its code, fail. */
export interface WorkflowError {
  /** Class or type of the root cause. */
  readonly name: string;
  /** Messages from the outermost failure to the root cause. */
  readonly message: string;
  readonly stack?: string | undefined;
}

/** A log line of the workflow as plain data. */
export interface WorkflowLine {
  readonly message: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly activity?: string;
  readonly extra: { readonly span_name: string };
}

/** The trace of a run of a workflow, which stays as it began. */
export interface WorkflowRunTrace {
  readonly traceId: string;
  readonly sampled: boolean;
  /** The caller's, passed on as it came. */
  readonly tracestate: string | undefined;
  /** Span ID of `RunWorkflow`, the parent of everything else in the run. */
  readonly spanId: string;
  /** Span ID of the caller. */
  readonly parentSpanId: string | undefined;
  /** The creator of a run that has a trace of its own: of its schedule, or the run before. */
  readonly creator: Traceparent | undefined;
  /** Milliseconds since the epoch by the isolate's clock. */
  readonly startMs: number;
  /** Whether the span of the run is exported when it ends, instead of one for its beginning and one for its end. */
  readonly whole: boolean;
  /** Who asked, as fields of every line; and the level of lines that is asked for. */
  readonly fields: Readonly<Record<string, string>>;
  /** The caller sent a trace header that could not be read. */
  readonly unreadableHeader: boolean;
}

/** How a run of a workflow ended. The server refuses an end when a signal came meanwhile; then the later one holds. */
export interface WorkflowEnd {
  readonly outcome: 'completed' | 'cancelled' | 'continued as new' | 'failed';
  /** As the server will have it, but for the payload codecs. */
  readonly failure?: Failure | null | undefined;
  readonly spanId: string;
  /** Milliseconds since the epoch by the isolate's clock. */
  readonly timeMs: number;
  /** What happened in the run and is no span. */
  readonly events: readonly SpanEvent[];
}

/**
 * A failure in Temporal's protocol, as far as it is read. Described instead of imported: who only starts workflows has
 * these types without `@temporalio/workflow`.
 */
export interface Failure {
  readonly message?: string | null | undefined;
  readonly stackTrace?: string | null | undefined;
  /** Message and stack, where the failure converter encodes them. */
  readonly encodedAttributes?: Payload | null | undefined;
  readonly cause?: Failure | null | undefined;
  readonly applicationFailureInfo?:
    { readonly type?: string | null | undefined; readonly category?: number | null | undefined } | null | undefined;
}

/** What one activation of a workflow has to tell; one sink call, because each copies the whole `workflowInfo`. */
export interface WorkflowEvents {
  readonly run: WorkflowRunTrace;
  /** Whether the run began. */
  readonly begins: boolean;
  /** Spans, apart from that of the run; none of an unsampled trace. */
  readonly spans: readonly WorkflowSpan[];
  readonly lines: readonly WorkflowLine[];
  readonly end: WorkflowEnd | undefined;
}

/** The sink through which workflow code hands over its spans and lines; registered by the plugin on the worker. */
// A type, not an interface: only a type is assignable to the SDK's index signature.
export type OnetraceSinks = {
  onetrace: { record(events: WorkflowEvents): void };
};

import type { LogLevel } from '../../semantics/index.js';

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
  readonly traceId: string;
  /** Absent where nothing refers to the span and nothing may be derived (queries): the worker draws one. */
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  /** Milliseconds since the epoch by the isolate's clock; absent for queries, whose clock stands still. */
  readonly timeMs?: number;
  /** The same; absent where the span is a moment. */
  readonly endTimeMs?: number;
  readonly traceState?: string;
  readonly attributes?: SpanAttributes;
  readonly events?: readonly SpanEvent[];
  readonly error?: WorkflowError;
  /** The end of the run. The server refuses an end when a signal came meanwhile; then the later one holds. */
  readonly last?: true;
  /** The sender of a signal or update; the workflow, for a query; the creator, for a run with a trace of its own. */
  readonly link?: { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
}

/** What made a workflow, or a span of its code, fail. */
export interface WorkflowError {
  /** Class or type of the root cause. */
  readonly name: string;
  /** Messages from the outermost failure to the root cause. */
  readonly message: string;
  readonly stack?: string;
}

/** A log line of the workflow as plain data. */
export interface WorkflowLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly activity?: string;
  readonly durationMs?: number;
  readonly error?: WorkflowError;
  readonly extra?: Readonly<Record<string, string | number>>;
  /** The end of the run. The server refuses an end when a signal came meanwhile; then the later one holds. */
  readonly last?: true;
}

/** What one activation of a workflow has to tell; one sink call, because each copies the whole `workflowInfo`. */
export interface WorkflowEvents {
  readonly traceId: string;
  /** Identity fields of log lines. */
  readonly identity: Readonly<Record<string, string>>;
  /** Whether the flow's debug lines are wanted. */
  readonly debugged: boolean;
  /** Finished spans; none of an unsampled trace. */
  readonly spans: readonly WorkflowSpan[];
  readonly lines: readonly WorkflowLine[];
  /** The caller sent a trace header that could not be read. */
  readonly unreadableHeader: boolean;
}

/** The sink through which workflow code hands over its spans and lines; registered by the plugin on the worker. */
// A type, not an interface: only a type is assignable to the SDK's index signature.
export type OnetraceSinks = {
  onetrace: { record(events: WorkflowEvents): void };
};

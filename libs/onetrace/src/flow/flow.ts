import type { LogLine } from '../telemetry/log-line.js';
import type { Span, SpanLink } from '../telemetry/span.js';

/**
 * `ended`; `open`: its start was seen and its end was not; `unclaimed`: a workflow or activity that was scheduled and that
 * no worker took.
 */
export type SpanState = 'ended' | 'open' | 'unclaimed';

/** A link, and what it leads to. */
export interface FlowLink extends SpanLink {
  /** Name of the linked span, where it was received. */
  name?: string;
}

/** A span with its place in the flow. Not all were received: see `rebuilt` and `mergedInto`. */
export interface FlowSpan extends Span {
  component: string;
  links: FlowLink[];
  /** Distance from its root. */
  depth: number;
  state: SpanState;
  /** Made from a "started" line, because the span itself never arrived. */
  rebuilt: boolean;
  /** It reported an error, or an HTTP status that is one. */
  failed: boolean;
  /** It failed or never ended, and what came after made up for it: a retry, or a caller that coped. */
  recovered: boolean;
  /** What went wrong, one line. */
  error?: string;
  /** Counts from 1. */
  attempt?: number;
  httpStatus?: number;
  /** Milliseconds in which it ran and nothing below it did. */
  selfMs: number;
  /** Has the largest `selfMs` of the flow. */
  slowest: boolean;
  /** For a `CompleteWorkflow` span: the `RunWorkflow` span it ends, which then carries the duration of both. */
  mergedInto?: string;
}

/** A line with its place in the flow. */
export interface FlowLine extends LogLine {
  component: string;
  /** Span it is shown under. */
  shownUnder?: string;
  /** Its span's row says the same, so that it has no row of its own. */
  folded: boolean;
}

/** What the call of a model took, as far as its span says. */
export interface ModelUsage {
  inputTokens?: number;
  outputTokens?: number;
  /** Milliseconds to the first chunk of a streamed answer. */
  firstChunkMs?: number;
  cost?: number;
  /** ISO 4217. */
  currency?: string;
}

/** One row of the story: a span, its link to another trace, or a line that adds something. */
export interface FlowRow {
  kind: 'span' | 'link' | 'line';
  component: string;
  depth: number;
  startMs: number;
  /** Equal to `startMs` for a link and a line. */
  endMs: number;
  text: string;
  /** What is worth knowing beside the name: attempt, status, error. */
  note?: string;
  /** Only of the call of a model. */
  model?: ModelUsage;
  /** Absent where the end is not known. */
  durationMs?: number;
  failed: boolean;
  open: boolean;
  slowest: boolean;
  level?: LogLine['level'];
  spanId?: string;
  /** How many equal lines in a row it stands for. */
  times: number;
}

/** How the flow went. */
export interface FlowOutcome {
  /**
   * `ok`; `failed`; `rejected`: the caller's mistake (4xx); `aborted`: the caller left, and nothing else went wrong; `running`: not ended yet; `unfinished`: something never ended
   * and nothing has come for a while; `unknown`: there are lines and no span.
   */
  kind: 'ok' | 'failed' | 'rejected' | 'aborted' | 'running' | 'unfinished' | 'unknown';
  /** What the caller asked for. */
  title: string;
  /** HTTP status the caller got. */
  httpStatus?: number;
  /** From the caller's request to its answer, or to the last sign of life while there is none. */
  durationMs: number;
}

/** The deepest thing that went wrong. */
export interface FlowCause {
  component: string;
  message: string;
  /** How often this step was tried, when more than once. */
  attempts?: number;
  spanId: string;
}

/** A part of the flow's time; all shares together make up the whole. */
export interface TimeShare {
  component: string;
  ms: number;
  /** 0 to 1 */
  ratio: number;
}

/** Everything known about one trace, put together. Plain data: it survives JSON. */
export interface Flow {
  /** What was searched for. */
  id: string;
  traceId: string;
  /** Other traces with the ID searched for, the latest first. */
  otherTraceIds: string[];
  startMs: number;
  endMs: number;
  outcome: FlowOutcome;
  cause?: FlowCause;
  /** What went wrong on the way and was made up for. */
  recoveries: FlowCause[];
  shares: TimeShare[];
  /** In order of their first appearance. */
  components: string[];
  /** Span IDs without a parent. A complete flow has exactly one. */
  roots: string[];
  /** Spans whose parent is not in the flow. A complete flow has none. */
  danglingParents: { spanId: string; parentSpanId: string }[];
  /** Spans and lines that arrived more than once. */
  duplicates: { spans: string[]; lines: number };
  /** By time, parents before their children. */
  spans: FlowSpan[];
  /** By time. */
  lines: FlowLine[];
  rows: FlowRow[];
  requestIds: string[];
  workflowIds: string[];
  runIds: string[];
  clientId?: string;
  /** The caller has its answer and nothing is open. */
  complete: boolean;
}

import { workflowInfo } from '@temporalio/workflow';
import {
  BAGGAGE_KEYS,
  formatTraceparent,
  HEADERS,
  parseTraceparent,
  TEMPORAL,
  type Traceparent,
} from '../../semantics/index.js';
import { deriveSpanId, deriveTraceId, type WorkflowRun } from './derived-ids.js';
import { identityFields, readIdentity, withoutRawUserIds, type WorkflowIdentity } from './identity-fields.js';
import type { ActiveSpan, OpenSpan } from './open-span.js';
import { type Carrier, type PayloadHeaders, readTracerData } from './tracer-data.js';
import type { SpanEvent, WorkflowLine, WorkflowSpan } from './workflow-events.js';
import type { WorkflowTracingSettings } from './workflow-settings.js';

/** The trace of one workflow run, as it lives in its isolate. */
export interface TraceState {
  readonly traceId: string;
  readonly traceFlags: number;
  readonly sampled: boolean;
  /** The caller's `tracestate` and `baggage`, passed on as they came, but for user IDs that are not hashed. */
  readonly tracestate: string | undefined;
  readonly baggage: string | undefined;
  /** Span ID of `RunWorkflow`, the parent of everything else in the run. */
  readonly runSpanId: string;
  /** Milliseconds since the epoch by the isolate's clock. */
  readonly startMs: number;
  /** Span ID of the caller. */
  readonly parentSpanId: string | undefined;
  /** The creator of a run that has a trace of its own: of its schedule, or the run before. */
  readonly creator: Traceparent | undefined;
  readonly unreadableHeader: boolean;
  /** Fields for every line of the workflow. */
  readonly logFields: Readonly<Record<string, string>>;
  readonly identity: WorkflowIdentity;
  readonly identityFields: Readonly<Record<string, string>>;
  /** Signals handled so far; the SDK numbers only what goes out. */
  signals: number;
  /**
   * A query or the validator of an update runs: neither is in the history, so that nothing may be counted for them.
   * Queries come in activations of their own.
   */
  readOnly: boolean;
  /** Spans of the workflow's own code that have not ended. */
  readonly open: Set<OpenSpan>;
  /** How many spans of a name began directly under the run. */
  readonly begun: Map<string, number>;
  /**
   * Which of them is active. Made with the first one, and made here: then the SDK takes it down with the workflow, and
   * workflows without such spans do not pay for it.
   */
  active: ActiveSpan | undefined;
  /** What happened in the run and is no span. */
  readonly events: SpanEvent[];
  /** What the current activation has to tell so far. */
  spans: WorkflowSpan[];
  lines: WorkflowLine[];
}

// On the global object, which the SDK keeps apart for each workflow: a second copy of this module (ESM beside CommonJS)
// must see the same trace.
const KEY = Symbol.for('onetrace.temporal.workflow');
const holder = globalThis as { [KEY]?: TraceState };

/** The trace of the current workflow; `undefined` before its start, and outside workflow code. */
export function traceState(): TraceState | undefined {
  return holder[KEY];
}

/**
 * Begins the trace of a run from its start headers; a run whose caller sent none gets a trace of its own. So does one
 * that a schedule began, or a continue-as-new that asked for it: it only has its creator's identity.
 */
export function beginTrace(headers: PayloadHeaders, { userIds }: WorkflowTracingSettings): TraceState {
  const carrier = readTracerData(headers);
  const parent = parseTraceparent(carrier?.[HEADERS.traceparent]);
  const creatorCarrier = parent === undefined ? readTracerData(headers, TEMPORAL.creatorHeader) : {};
  const creator = parseTraceparent(creatorCarrier?.[HEADERS.traceparent]);
  const run = currentRun();
  const given = creatorCarrier?.[TEMPORAL.ownTraceId];
  const own = creator !== undefined && given !== undefined && /^(?!0+$)[0-9a-f]{32}$/.test(given) ? given : undefined;
  const traceId = parent?.traceId ?? own ?? deriveTraceId(run);
  // Each run of a schedule is sampled for itself.
  const traceFlags = parent?.traceFlags ?? (own === undefined ? 1 : creator?.traceFlags) ?? 1;
  // One for the run, whatever is reset: it is the parent of the steps before and after.
  const runSpanId = deriveSpanId(run, { kind: 'run', key: 0, branch: '' });
  const ownBaggage = carrier?.[HEADERS.baggage];
  const sent = ownBaggage ?? creatorCarrier?.[HEADERS.baggage];
  const baggage = userIds === 'any' ? sent : withoutRawUserIds(sent);
  const identity = readIdentity(baggage);
  const fields = identityFields(identity);
  const state: TraceState = {
    traceId,
    traceFlags,
    sampled: (traceFlags & 1) === 1,
    tracestate: parent === undefined ? undefined : carrier?.[HEADERS.tracestate],
    baggage,
    runSpanId,
    startMs: Date.now(),
    parentSpanId: parent?.spanId,
    creator,
    unreadableHeader:
      carrier === undefined ||
      creatorCarrier === undefined ||
      (parent === undefined && headers[TEMPORAL.tracerHeader] !== undefined && !ownBaggage),
    logFields: {
      trace_id: traceId,
      span_id: runSpanId,
      ...fields,
      ...(isDebugged(identity) ? { [BAGGAGE_KEYS.logLevel]: 'debug' } : {}),
    },
    identity,
    identityFields: fields,
    signals: 0,
    readOnly: false,
    open: new Set(),
    begun: new Map(),
    active: undefined,
    events: [],
    spans: [],
    lines: [],
  };
  holder[KEY] = state;
  return state;
}

/** Whether the flow's debug lines are wanted. */
export function isDebugged({ logLevel }: WorkflowIdentity): boolean {
  return logLevel === 'debug';
}

/** Span ID of what the workflow's code is in: its own innermost span, else the run. */
export function activeSpanId(state: TraceState): string {
  return state.active?.getStore()?.spanId ?? state.runSpanId;
}

/** Derives the ID of a step of the current workflow. */
export function stepSpanId(kind: string, key: number | string): string {
  return deriveSpanId(currentRun(), { kind, key, branch: currentBranch() });
}

/** The trace ID of the run that follows this one, where it is to have one of its own. */
export function nextTraceId(): string {
  return deriveTraceId(currentRun(), currentBranch());
}

/** What a call out of the workflow carries when the given span is its parent. */
export function carrierOf(state: TraceState, spanId: string): Carrier {
  return {
    [HEADERS.traceparent]: formatTraceparent({ traceId: state.traceId, spanId, traceFlags: state.traceFlags }),
    ...(state.tracestate === undefined ? {} : { [HEADERS.tracestate]: state.tracestate }),
    ...(state.baggage === undefined ? {} : { [HEADERS.baggage]: state.baggage }),
  };
}

// Read afresh each time: the SDK replaces the object as the workflow goes on.
function currentRun(): WorkflowRun {
  const { workflowId, originalExecutionRunId } = workflowInfo();
  return { workflowId, originalRunId: originalExecutionRunId };
}

/**
 * What a reset changes and every replay repeats: the seed of the workflow's random numbers, which is read here and not
 * drawn from. The SDK has no public word for it; should it hide the seed one day, what follows a reset shares its span
 * IDs with what the reset undid.
 */
function currentBranch(): string {
  const { __TEMPORAL_ACTIVATOR__: activator } = globalThis as { __TEMPORAL_ACTIVATOR__?: { randomnessSeed?: unknown } };
  return Array.isArray(activator?.randomnessSeed) ? activator.randomnessSeed.join('.') : '';
}

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
import { identityFields, isDebugWanted } from './identity-fields.js';
import { type Carrier, type PayloadHeaders, readTracerData } from './tracer-data.js';
import type { WorkflowLine, WorkflowSpan } from './workflow-events.js';

/** The trace of one workflow run, as it lives in its isolate. */
export interface TraceState {
  readonly traceId: string;
  readonly traceFlags: number;
  readonly sampled: boolean;
  /** The caller's `tracestate` and `baggage`, passed on as they came. */
  readonly tracestate: string | undefined;
  readonly baggage: string | undefined;
  /** Span ID of `RunWorkflow`, the parent of everything else in the run. */
  readonly runSpanId: string;
  /** Span ID of the caller. */
  readonly parentSpanId: string | undefined;
  /** Who created the schedule that began the run; its trace is another one. */
  readonly creator: Traceparent | undefined;
  readonly unreadableHeader: boolean;
  /** Fields for every line of the workflow. */
  readonly logFields: Readonly<Record<string, string>>;
  readonly identity: Readonly<Record<string, string>>;
  /** Whether the flow's debug lines are wanted. */
  readonly debugged: boolean;
  /** Signals handled so far; the SDK numbers only what goes out. */
  signals: number;
  /** What the current activation has to tell so far. */
  spans: WorkflowSpan[];
  lines: WorkflowLine[];
}

// On the global object, which the SDK keeps apart for each workflow: a second copy of this module (ESM beside CommonJS)
// must see the same trace.
const KEY = Symbol.for('onetrace.temporal.workflow');
const holder = globalThis as { [KEY]?: TraceState };

/** The trace of the current workflow; `undefined` before its start. */
export function traceState(): TraceState | undefined {
  return holder[KEY];
}

/**
 * Begins the trace of a run from its start headers; a run whose caller sent none gets a trace of its own. So does one
 * that a schedule began: it only has the identity of the schedule's creator.
 */
export function beginTrace(headers: PayloadHeaders): TraceState {
  const carrier = readTracerData(headers);
  const parent = parseTraceparent(carrier?.[HEADERS.traceparent]);
  const creator = parent === undefined ? readTracerData(headers, TEMPORAL.creatorHeader) : {};
  const run = currentRun();
  const traceId = parent?.traceId ?? deriveTraceId(run);
  // One for the run, whatever is reset: it is the parent of the steps before and after.
  const runSpanId = deriveSpanId(run, { kind: 'run', key: 0, branch: '' });
  const ownBaggage = carrier?.[HEADERS.baggage];
  const baggage = ownBaggage ?? creator?.[HEADERS.baggage];
  const identity = identityFields(baggage);
  const debugged = isDebugWanted(baggage);
  const state: TraceState = {
    traceId,
    traceFlags: parent?.traceFlags ?? 1,
    sampled: ((parent?.traceFlags ?? 1) & 1) === 1,
    tracestate: parent === undefined ? undefined : carrier?.[HEADERS.tracestate],
    baggage,
    runSpanId,
    parentSpanId: parent?.spanId,
    creator: parseTraceparent(creator?.[HEADERS.traceparent]),
    unreadableHeader:
      carrier === undefined ||
      creator === undefined ||
      (parent === undefined && headers[TEMPORAL.tracerHeader] !== undefined && !ownBaggage),
    logFields: {
      trace_id: traceId,
      span_id: runSpanId,
      ...identity,
      ...(debugged ? { [BAGGAGE_KEYS.logLevel]: 'debug' } : {}),
    },
    identity,
    debugged,
    signals: 0,
    spans: [],
    lines: [],
  };
  holder[KEY] = state;
  return state;
}

/** Derives the ID of a step of the current workflow. */
export function stepSpanId(kind: string, key: number | string): string {
  return deriveSpanId(currentRun(), { kind, key, branch: currentBranch() });
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

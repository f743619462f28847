import { workflowInfo } from '@temporalio/workflow';
import type { Identity } from '../../context/index.js';
import { formatTraceparent, HEADERS, parseTraceparent, TEMPORAL } from '../../semantics/index.js';
import { deriveSpanId, deriveTraceId, type WorkflowRun } from './derived-ids.js';
import { identityFields, readIdentity, withoutRawUserIds } from './identity-fields.js';
import type { ActiveSpan, OpenSpan } from './open-span.js';
import { type Carrier, passable, type PayloadHeaders, readTracerData } from './tracer-data.js';
import type { SpanEvent, WorkflowLine, WorkflowRunTrace, WorkflowSpan } from './workflow-events.js';
import type { WorkflowTracingSettings } from './workflow-settings.js';

/** The trace of one workflow run, as it lives in its isolate. */
export interface TraceState {
  readonly run: WorkflowRunTrace;
  readonly settings: WorkflowTracingSettings;
  readonly traceFlags: number;
  /** The caller's, passed on as it came, but for user IDs that are not hashed, and what no header can hold. */
  readonly baggage: string | undefined;
  readonly identity: Identity;
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
  begins: boolean;
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
export function beginTrace(headers: PayloadHeaders, settings: WorkflowTracingSettings): void {
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
  const ownBaggage = carrier?.[HEADERS.baggage];
  const sent = passable(ownBaggage ?? creatorCarrier?.[HEADERS.baggage]);
  const baggage = settings.userIds === 'any' ? sent : withoutRawUserIds(sent);
  const identity = readIdentity(baggage);
  // One for the run, whatever is reset: it is the parent of the steps before and after.
  const spanId = deriveSpanId(run, { kind: 'run', key: 0, branch: '' });
  holder[KEY] = {
    run: {
      traceId,
      sampled: (traceFlags & 1) === 1,
      tracestate: parent === undefined ? undefined : passable(carrier?.[HEADERS.tracestate]),
      spanId,
      parentSpanId: parent?.spanId,
      creator,
      startMs: Date.now(),
      whole: settings.runWorkflowSpan === 'onComplete',
      fields: identityFields(identity),
      unreadableHeader:
        carrier === undefined ||
        creatorCarrier === undefined ||
        (parent === undefined && headers[TEMPORAL.tracerHeader] !== undefined && !ownBaggage),
    },
    settings,
    traceFlags,
    baggage,
    identity,
    signals: 0,
    readOnly: false,
    open: new Set(),
    begun: new Map(),
    active: undefined,
    events: [],
    begins: true,
    spans: [],
    lines: [],
  };
}

/** Span ID of what the workflow's code is in: its own innermost span, else the run. */
export function activeSpanId(state: TraceState): string {
  return state.active?.getStore()?.spanId ?? state.run.spanId;
}

/** Derives the ID of a step of the current workflow. */
export function stepSpanId(kind: string, key: number | string): string {
  return deriveSpanId(currentRun(), { kind, key, branch: currentBranch() });
}

/** The trace ID of the run that follows this one, where it is to have one of its own. */
export function nextTraceId(): string {
  return deriveTraceId(currentRun(), currentBranch());
}

/** Records a span of the workflow's own trace, a moment unless it says otherwise, where the trace is sampled. */
export function recordSpan(state: TraceState, span: WorkflowSpan): void {
  if (state.run.sampled) state.spans.push({ timeMs: Date.now(), ...span });
}

/** What a call out of the workflow carries when the given span is its parent. */
export function carrierOf({ run, traceFlags, baggage }: TraceState, spanId: string): Carrier {
  const { traceId, tracestate } = run;
  return {
    [HEADERS.traceparent]: formatTraceparent({ traceId, spanId, traceFlags }),
    ...(tracestate === undefined ? {} : { [HEADERS.tracestate]: tracestate }),
    ...(baggage === undefined ? {} : { [HEADERS.baggage]: baggage }),
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

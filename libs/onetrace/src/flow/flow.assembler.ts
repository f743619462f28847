import { identityOf } from '../telemetry/span.identity.js';
import type { LogLine } from '../telemetry/log-line.js';
import type { Span, SpanLink } from '../telemetry/span.js';
import { findCause, findRecoveries } from './flow.cause.js';
import type { Flow, FlowLine, FlowSpan } from './flow.js';
import { readOutcome } from './flow.outcome.js';
import { tellRows } from './flow.rows.js';
import { placeLines } from './line.folder.js';
import { measureSelfTimes, sharesOf } from './self.time.js';
import { rebuildSpans } from './span.rebuilder.js';
import { SpanTree } from './span.tree.js';
import {
  judgeSpans,
  markRecovered,
  markUnclaimed,
  readClock,
  stretchMoments,
  stretchOpenSpans,
} from './span.verdict.js';

/** What a flow is put together from. */
export interface FlowParts {
  /** What was searched for. */
  id: string;
  traceId: string;
  otherTraceIds?: string[];
  spans: readonly Span[];
  lines: readonly LogLine[];
  /** Name of a span of another trace, where it is known. */
  nameOfLinked?: (link: SpanLink) => string | undefined;
  /** Milliseconds since the epoch: what is open counts as running for a while after its last sign of life. */
  nowMs: number;
}

/** Puts the spans and lines of one trace together. Pure: the same parts give the same flow. */
export function assembleFlow(parts: FlowParts): Flow {
  const { merged, duplicates } = mergeDeliveries(parts.spans);
  const tree = new SpanTree(merged, rebuildSpans(parts.traceId, merged, parts.lines));
  const { lines, repeated } = placeLines(tree, parts.lines);
  nameLinks(tree, parts);
  judgeSpans(tree);
  const lineTimes = lines.map((line) => line.timeMs);
  markUnclaimed(tree);
  const clock = readClock(tree, lineTimes, parts.nowMs);
  stretchOpenSpans(tree, clock);
  stretchMoments(tree);
  markRecovered(tree, clock);
  measureSelfTimes(tree);
  const outcome = readOutcome(tree, lines, clock);
  const cause = outcome.kind === 'ok' || outcome.kind === 'running' ? undefined : findCause(tree, clock);
  const clientId = clientIdOf(merged, lines);
  return {
    id: parts.id,
    traceId: parts.traceId,
    otherTraceIds: parts.otherTraceIds ?? [],
    startMs: clock.startMs,
    endMs: clock.endMs,
    outcome,
    ...(cause !== undefined && { cause }),
    recoveries: outcome.kind === 'ok' ? findRecoveries(tree, clock) : [],
    shares: sharesOf(tree, clock),
    components: componentsOf(tree.spans, lines),
    roots: tree.spans.filter((span) => span.parentSpanId === undefined).map((span) => span.spanId),
    danglingParents: danglingParentsOf(tree),
    duplicates: { spans: duplicates, lines: repeated },
    spans: tree.spans,
    lines,
    rows: tellRows(tree, lines),
    ...identitiesOf(merged, lines),
    ...(clientId !== undefined && { clientId }),
    complete: tree.tops.length > 0 && tree.spans.every((span) => span.state === 'ended'),
  };
}

/** The IDs by which lines without a trace ID belong to these spans and lines. */
export function identitiesOf(
  spans: readonly Span[],
  lines: readonly LogLine[],
): Pick<Flow, 'requestIds' | 'workflowIds' | 'runIds'> {
  const all = (identity: 'requestId' | 'workflowId' | 'runId'): string[] => [
    ...new Set(
      [...spans.map((span) => identityOf(span, identity)), ...lines.map((line) => line[identity])].filter(
        (id) => id !== undefined,
      ),
    ),
  ];
  return { requestIds: all('requestId'), workflowIds: all('workflowId'), runIds: all('runId') };
}

/** The store merges by span ID; so does this, for parts that come from elsewhere. The delivery that ends last counts. */
function mergeDeliveries(spans: readonly Span[]): { merged: Span[]; duplicates: string[] } {
  const byId = new Map<string, Span>();
  const duplicates = new Set<string>();
  for (const span of spans) {
    const known = byId.get(span.spanId);
    if (known !== undefined || (span.deliveries ?? 1) > 1) duplicates.add(span.spanId);
    // Copies: what follows moves ends and adds events.
    const isBetter = known === undefined || span.endMs >= known.endMs;
    if (isBetter)
      byId.set(span.spanId, {
        ...span,
        attributes: { ...span.attributes },
        events: [...span.events],
        links: span.links.map((link) => ({ ...link })),
      });
  }
  return { merged: [...byId.values()], duplicates: [...duplicates] };
}

function nameLinks(tree: SpanTree, { traceId, nameOfLinked }: FlowParts): void {
  for (const link of tree.spans.flatMap((span) => span.links)) {
    const name = link.traceId === traceId ? tree.shown(link.spanId)?.name : nameOfLinked?.(link);
    if (name !== undefined) link.name = name;
  }
}

function danglingParentsOf(tree: SpanTree): Flow['danglingParents'] {
  return tree.spans.flatMap(({ spanId, parentSpanId }) =>
    parentSpanId === undefined || tree.has(parentSpanId) ? [] : [{ spanId, parentSpanId }],
  );
}

function componentsOf(spans: readonly FlowSpan[], lines: readonly FlowLine[]): string[] {
  const seen = [
    ...spans.map(({ component, startMs, depth }) => ({ component, atMs: startMs, depth })),
    ...lines.map(({ component, timeMs }) => ({ component, atMs: timeMs, depth: Infinity })),
  ];
  seen.sort((a, b) => a.atMs - b.atMs || a.depth - b.depth || 0);
  return [...new Set(seen.map(({ component }) => component))];
}

function clientIdOf(spans: readonly Span[], lines: readonly LogLine[]): string | undefined {
  for (const { attributes } of spans) {
    const client = attributes['onetrace.client_id'];
    if (typeof client === 'string') return client;
  }
  return lines.find((line) => line.clientId !== undefined)?.clientId;
}

import { OnetraceError } from '../onetrace.error.js';
import type { Store } from '../store/store.js';
import { traceIdFrom } from '../telemetry/identifiers.js';
import { assembleFlow, identitiesOf } from './flow.assembler.js';
import type { Flow } from './flow.js';
import { temporalNameOf } from './span.facts.js';

/**
 * Finds a flow by its trace ID, a prefix of it of at least 8 characters, or by a request ID, workflow ID or run ID. Undefined when
 * the store knows none of them. Where an ID belongs to several traces, the latest in which the workflow ran counts, and the
 * others are listed.
 * @throws OnetraceError `ONETRACE_ID_AMBIGUOUS` for a prefix of several trace IDs.
 */
export function findFlow(store: Store, id: string, nowMs: number = Date.now()): Flow | undefined {
  const [traceId, ...otherTraceIds] = traceIdsFor(store, id.trim());
  if (traceId === undefined) return undefined;
  const spans = store.spansOf(traceId);
  const lines = store.linesOf(traceId, identitiesOf(spans, store.linesOf(traceId)));
  return assembleFlow({
    ...{ id, traceId, otherTraceIds, spans, lines, nowMs },
    nameOfLinked: (link) => store.nameOf(link.traceId, link.spanId),
  });
}

function traceIdsFor(store: Store, id: string): string[] {
  const traceId = traceIdFrom(id);
  if (traceId !== undefined && store.traceIdsFrom(traceId).length > 0) return [traceId];
  const byIdentity = store.traceIdsOf(id);
  if (byIdentity.length > 0) return workflowsFirst(store, byIdentity);
  if (!/^[0-9a-f]{8,31}$/i.test(id)) return [];
  const byPrefix = store.traceIdsFrom(id.toLowerCase());
  if (byPrefix.length > 1) {
    throw new OnetraceError(
      'ONETRACE_ID_AMBIGUOUS',
      `${id} is the start of ${byPrefix.length} trace IDs: ${byPrefix.slice(0, 5).join(', ')}; give more of it`,
    );
  }
  return byPrefix;
}

/** A later request that only signals the workflow has its ID too: the trace that ran it tells more. */
function workflowsFirst(store: Store, traceIds: string[]): string[] {
  if (traceIds.length === 1) return traceIds;
  const ran = (traceId: string): boolean =>
    store
      .spansOf(traceId)
      .some((span) => ['StartWorkflow', 'RunWorkflow'].includes(temporalNameOf(span)?.operation ?? ''));
  const first = traceIds.find(ran) ?? traceIds[0];
  return [...traceIds].sort((a, b) => Number(b === first) - Number(a === first));
}

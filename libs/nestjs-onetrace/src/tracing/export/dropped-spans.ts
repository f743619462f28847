import { noticeOnce } from '../notice.js';

/** Why a span never reached its receiver; the label of the metric. */
export type DropReason = 'queue_full' | 'undeliverable' | 'rejected' | 'shutdown' | 'failure';

const REASONS: Readonly<Partial<Record<DropReason, string>>> = {
  queue_full:
    'the queue is full: the receiver is slower than the spans come; raise OTEL_BSP_MAX_QUEUE_SIZE or mend the receiver',
  rejected: 'the receiver took the request and rejected some of its spans',
  shutdown: 'the process ended before the receiver had taken them; raise shutdownTimeoutMs or mend the receiver',
  failure: 'they could not be prepared or written',
};

const counts = new Map<DropReason, number>();

/** Counts spans that are lost, and says so once for each reason; `undeliverable` says whoever knows the address. */
export function countDroppedSpans(spans: number, reason: DropReason, detail?: string): void {
  if (spans <= 0) return;
  counts.set(reason, (counts.get(reason) ?? 0) + spans);
  const why = REASONS[reason];
  if (why === undefined) return;
  noticeOnce(`dropped:${reason}`, `spans were dropped: ${why}`, {
    spans,
    ...(detail === undefined ? {} : { reason: detail }),
  });
}

/** How many spans this process has lost, by reason. */
export function droppedSpans(): ReadonlyMap<DropReason, number> {
  return counts;
}

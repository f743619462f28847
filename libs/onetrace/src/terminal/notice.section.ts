import type { Flow } from '../flow/flow.js';
import { cut, printable } from './text.fit.js';

const MAX_LISTED = 3;

/** What keeps the story from being whole, one line each; none for a complete flow. */
export function renderNotices(flow: Flow, width: number): string[] {
  const notices: string[] = [];
  const { length: dangling } = flow.danglingParents;
  if (dangling > 0) {
    const names = flow.danglingParents
      .slice(0, MAX_LISTED)
      .map(({ spanId }) => flow.spans.find((span) => span.spanId === spanId)?.name ?? spanId);
    const list = `${names.join(', ')}${dangling > MAX_LISTED ? ', …' : ''}`;
    notices.push(
      `note      ${dangling} ${dangling === 1 ? 'span has a parent' : 'spans have parents'} that never arrived: ${list}`,
    );
  }
  if (flow.roots.length > 1)
    notices.push(`note      ${flow.roots.length} spans have no parent: a step lost the trace context`);
  if (flow.otherTraceIds.length > 0) {
    const list = flow.otherTraceIds.slice(0, MAX_LISTED).join(', ');
    notices.push(`also in   ${list}${flow.otherTraceIds.length > MAX_LISTED ? ', …' : ''}`);
  }
  return notices.map((notice) => cut(printable(notice), width));
}

import type { FlowLine, FlowLink, FlowRow, FlowSpan } from './flow.js';
import { earlyEndOf, firstLineOf, modelUsageOf, refusalOf } from './span.facts.js';
import type { SpanTree } from './span.tree.js';

/** Of a trace ID; `onetrace show` takes the beginning of one, and a whole one would leave no room for the name beside it. */
const SHORT_ID = 12;

/**
 * The story: a row per span, with one under it for each link to another trace, and a row per line that no span's row tells
 * already, by time.
 */
export function tellRows(tree: SpanTree, lines: readonly FlowLine[]): FlowRow[] {
  const rows: { row: FlowRow; links?: FlowRow[]; at: number }[] = [];
  const startOf = new Map<string, number>();
  // The tree's order has parents first, which is what lets a skewed child wait for its parent here.
  for (const span of tree.spans) {
    if (span.mergedInto !== undefined) continue;
    const at = Math.max(span.startMs, startOf.get(tree.parentOf(span)?.spanId ?? '') ?? 0);
    startOf.set(span.spanId, at);
    rows.push({ row: spanRow(tree, span), links: linkRows(span), at });
  }
  for (const line of lines) {
    if (line.folded) continue;
    const owner = tree.shown(line.shownUnder);
    rows.push({ row: lineRow(line, owner), at: Math.max(line.timeMs, startOf.get(owner?.spanId ?? '') ?? 0) });
  }
  rows.sort((a, b) => a.at - b.at || a.row.depth - b.row.depth);
  return joinRepeated(rows.flatMap(({ row, links = [] }) => [row, ...links]));
}

function spanRow(tree: SpanTree, span: FlowSpan): FlowRow {
  const note = noteOf(tree, span);
  const model = modelUsageOf(span);
  return {
    kind: 'span',
    component: span.component,
    depth: span.depth,
    startMs: span.startMs,
    endMs: span.endMs,
    text: span.name,
    ...(note !== '' && { note }),
    ...(model !== undefined && { model }),
    ...(span.state === 'ended' && { durationMs: span.endMs - span.startMs }),
    failed: span.failed,
    open: span.state !== 'ended',
    slowest: span.slowest,
    spanId: span.spanId,
    times: 1,
  };
}

/** Status, attempt, error: what one would look up next. An error is told where it arose, not again by every step above. */
function noteOf(tree: SpanTree, span: FlowSpan): string {
  const notes: string[] = [];
  if (span.httpStatus !== undefined) notes.push(String(span.httpStatus));
  const hasTwin = tree.childrenOf(tree.parentOf(span)).some((other) => other !== span && other.name === span.name);
  if (span.attempt !== undefined && (span.attempt > 1 || hasTwin)) notes.push(`attempt ${span.attempt}`);
  const refusal = refusalOf(span);
  if (refusal !== undefined) notes.push(refusal);
  const earlyEnd = earlyEndOf(span);
  if (earlyEnd !== undefined) notes.push(earlyEnd);
  if (span.state === 'unclaimed') notes.push('never picked up');
  else if (span.error !== undefined && (span.state === 'open' || arose(tree, span))) notes.push(span.error);
  return notes.join(' · ');
}

function arose(tree: SpanTree, span: FlowSpan): boolean {
  const told = span.httpStatus !== undefined && span.error?.startsWith('answered ') === true;
  return span.failed && !told && !hasFailureBelow(tree, span);
}

/** A step below that never ended has no error of its own: the one above, as "activity Heartbeat timeout", says more. */
function hasFailureBelow(tree: SpanTree, span: FlowSpan): boolean {
  return tree.childrenOf(span).some((child) => child.failed || hasFailureBelow(tree, child));
}

function linkRows(span: FlowSpan): FlowRow[] {
  const elsewhere = span.links.filter(({ traceId }) => traceId !== span.traceId).map(linkText);
  return [...new Set(elsewhere)].map((text) => ({
    kind: 'link',
    component: span.component,
    depth: span.depth + 1,
    startMs: span.startMs,
    endMs: span.startMs,
    text,
    failed: false,
    open: false,
    slowest: false,
    spanId: span.spanId,
    times: 1,
  }));
}

function linkText({ traceId, spanId, name }: FlowLink): string {
  return `linked: ${traceId.slice(0, SHORT_ID)} ${name ?? `span ${spanId}`}`;
}

function lineRow(line: FlowLine, owner: FlowSpan | undefined): FlowRow {
  const error = line.error?.message ?? line.error?.type;
  const message = firstLineOf(line.message).trim();
  const adds = error !== undefined && !message.includes(firstLineOf(error));
  return {
    kind: 'line',
    component: line.component,
    depth: owner === undefined ? 0 : owner.depth + 1,
    startMs: line.timeMs,
    endMs: line.timeMs,
    text: adds ? `${message}: ${firstLineOf(error)}` : message,
    ...(line.durationMs !== undefined && { durationMs: line.durationMs }),
    failed: false,
    open: false,
    slowest: false,
    level: line.level,
    ...(line.spanId !== undefined && { spanId: line.spanId }),
    times: 1,
  };
}

function joinRepeated(rows: FlowRow[]): FlowRow[] {
  const joined: FlowRow[] = [];
  for (const row of rows) {
    const last = joined.at(-1);
    const repeats =
      last?.kind === 'line' && row.kind === 'line' && last.text === row.text && last.component === row.component;
    if (repeats && last.level === row.level) last.times += 1;
    else joined.push(row);
  }
  return joined;
}

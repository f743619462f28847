import { identityOf } from '../telemetry/span.identity.js';
import type { LogLine } from '../telemetry/log-line.js';
import type { FlowLine, FlowSpan } from './flow.js';
import { endsStartWorkflow, isAccessLine, phaseOf, tellsFailure } from './line.phase.js';
import { firstLineOf, recordedErrorOf } from './span.facts.js';
import type { SpanTree } from './span.tree.js';

/** Lines in their places, and how many were the same line once more. */
export interface PlacedLines {
  lines: FlowLine[];
  repeated: number;
}

/**
 * Puts each line under its span and folds those that say what the span's row says: "request started", "activity completed".
 * What a folded line knows more than its span (the error, the status) goes to the span.
 */
export function placeLines(tree: SpanTree, lines: readonly LogLine[]): PlacedLines {
  const seen = new Set<string>();
  const placed: FlowLine[] = [];
  for (const line of [...lines].sort((a, b) => a.timeMs - b.timeMs)) {
    // The same line can come twice: tailed from a file and piped through `onetrace run`.
    const identity = JSON.stringify([line.timeMs, line.component, line.spanId, line.level, line.message, line.extra]);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const own = ownSpanOf(tree, line);
    const span = own ?? surroundingSpanOf(tree, line);
    const folded = own !== undefined && isTold(own, line);
    if (folded) teach(own, line);
    placed.push({
      ...line,
      component: line.component ?? span?.component ?? 'unknown',
      ...(span !== undefined && { shownUnder: span.spanId }),
      folded,
    });
  }
  return { lines: placed, repeated: lines.length - placed.length };
}

/** By span ID; else by run; else the span of the same component that had started last when the line was written. */
function ownSpanOf(tree: SpanTree, line: LogLine): FlowSpan | undefined {
  const own = tree.shown(line.spanId);
  // A line that names a parent has a span of its own, which was not recorded: no other span is the one it speaks of.
  if (own !== undefined || line.parentSpanId !== undefined) return own;
  const candidates = tree.spans.filter(
    (span) => span.mergedInto === undefined && span.component === line.component && span.startMs <= line.timeMs,
  );
  const ofRun = candidates.filter((span) => line.runId !== undefined && identityOf(span, 'runId') === line.runId);
  const choice = ofRun.length > 0 ? ofRun : candidates;
  return choice.findLast((span) => span.endMs >= line.timeMs || span.state === 'open') ?? choice.at(-1);
}

/** Where a line of a component without spans happened: under the parent it names, else in the deepest step under way. */
function surroundingSpanOf(tree: SpanTree, line: LogLine): FlowSpan | undefined {
  const parent = tree.shown(line.parentSpanId);
  if (parent !== undefined) return parent;
  return tree.spans
    .filter((span) => span.mergedInto === undefined && span.startMs <= line.timeMs && span.endMs >= line.timeMs)
    .reduce<FlowSpan | undefined>(
      (deepest, span) => (deepest && deepest.depth > span.depth ? deepest : span),
      undefined,
    );
}

function isTold(span: FlowSpan, line: LogLine): boolean {
  if (line.level === 'FATAL') return false;
  if (phaseOf(line) !== undefined || endsStartWorkflow(line)) return true;
  // The same error once more, as frameworks log what they caught: the span's row and the header have it.
  const error = recordedErrorOf(span);
  return (
    line.level === 'ERROR' &&
    error !== undefined &&
    [line.message, line.error?.message].some((text) => text !== undefined && firstLineOf(text) === error)
  );
}

function teach(span: FlowSpan, line: LogLine): void {
  if (tellsFailure(line)) span.failed = true;
  const error = line.error?.message ?? line.error?.type;
  if (error !== undefined) span.error ??= firstLineOf(error);
  const status = Number(line.extra?.['status'] ?? line.extra?.['status_code'] ?? NaN);
  // What the proxy answered is what the caller got; the gateway, which exports the proxy's span, may have meant another.
  if (Number.isInteger(status) && status > 0)
    span.httpStatus = isAccessLine(line) ? status : (span.httpStatus ?? status);
  if (line.attempt !== undefined && /^(activity|model re)/i.test(line.message)) span.attempt ??= line.attempt;
  const taskQueue = line.extra?.['task_queue'];
  if (typeof taskQueue === 'string') span.attributes['temporal.task_queue'] ??= taskQueue;
}

import type { Flow, FlowCause, FlowOutcome } from '../flow/flow.js';
import type { Palette } from './palette.js';
import { cut, printable, widthOf, wrap } from './text.fit.js';
import { formatDate, formatDuration, formatRatio } from './time.format.js';

const LABEL_COLUMNS = 10;
const MAX_CAUSE_LINES = 3;

const OUTCOMES = {
  ok: { label: 'OK', style: ['bold', 'green'] },
  failed: { label: 'FAILED', style: ['bold', 'red'] },
  rejected: { label: 'REJECTED', style: ['bold', 'yellow'] },
  aborted: { label: 'ABORTED', style: ['bold', 'yellow'] },
  running: { label: 'RUNNING', style: ['bold', 'cyan'] },
  unknown: { label: 'LINES', style: ['bold', 'cyan'] },
  unfinished: { label: 'STOPPED', style: ['bold', 'red'] },
} as const;

/** The answer: how it went, why, and where the time was spent. */
export function renderHeader(flow: Flow, width: number, palette: Palette): string[] {
  const room = width - LABEL_COLUMNS;
  const { label, style } = OUTCOMES[flow.outcome.kind];
  const labelled = (name: string, text: string): string => palette.dim(name.padEnd(LABEL_COLUMNS)) + text;
  return [
    palette.paint([...style], label.padEnd(LABEL_COLUMNS)) + palette.bold(cut(answer(flow.outcome), room)),
    ...identityLines(flow, room).map((line, index) => labelled(index === 0 ? 'trace' : '', line)),
    ...(flow.cause
      ? causeLines(flow.cause, room).map((line, index) => labelled(index === 0 ? 'cause' : '', line))
      : []),
    ...flow.recoveries.map((recovery) => labelled('overcame', cut(causeText(recovery), room))),
    ...(flow.shares.length > 0 ? [labelled('time', shares(flow, room, palette))] : []),
  ];
}

function answer(outcome: FlowOutcome): string {
  const status = outcome.httpStatus === undefined ? '' : ` → ${outcome.httpStatus}`;
  const duration = formatDuration(outcome.durationMs);
  if (outcome.kind === 'unknown') return `${printable(outcome.title)}, over ${duration}`;
  if (outcome.kind === 'running') return `${printable(outcome.title)}${status}, ${duration} so far`;
  if (outcome.kind === 'unfinished' && outcome.httpStatus === undefined) {
    return `${printable(outcome.title)} has no end, last seen after ${duration}`;
  }
  return `${printable(outcome.title)}${status} after ${duration}`;
}

/** IDs are what one copies: they go to a second line before they are cut. */
function identityLines(flow: Flow, room: number): string[] {
  const requestId = callersRequestId(flow);
  const parts = [
    flow.traceId,
    formatDate(flow.startMs),
    flow.clientId === undefined ? undefined : `client ${flow.clientId}`,
    requestId === undefined ? undefined : `request ${requestId}`,
    flow.workflowIds[0] === undefined ? undefined : `workflow ${flow.workflowIds[0]}`,
  ]
    .filter((part) => part !== undefined)
    .map(printable);
  const lines: string[] = [];
  for (const part of parts) {
    const joined = lines.length === 0 ? part : `${lines.at(-1)}   ${part}`;
    if (lines.length > 0 && widthOf(joined) <= room) lines[lines.length - 1] = joined;
    else lines.push(cut(part, room));
  }
  return lines;
}

/** Not the trace ID once more, and not those that the connector derives for each attempt (`<request ID>-<span ID>`). */
function callersRequestId({ requestIds, traceId }: Flow): string | undefined {
  const known = [traceId, ...requestIds];
  return requestIds.find((id) => id !== traceId && !known.some((other) => id.startsWith(`${other}-`)));
}

function causeText({ component, message, attempts }: FlowCause): string {
  return printable(`${component}: ${message}${attempts === undefined ? '' : `, ${attempts} attempts`}`);
}

function causeLines(cause: FlowCause, room: number): string[] {
  return wrap(causeText(cause), room, MAX_CAUSE_LINES);
}

/** As many shares as fit; small ones are what is left out. */
function shares(flow: Flow, room: number, palette: Palette): string {
  let used = 0;
  const shown: string[] = [];
  for (const { component, ms, ratio } of flow.shares) {
    const name = printable(component);
    const text = `${formatDuration(ms)} (${formatRatio(ratio)})`;
    const columns = widthOf(name) + 1 + widthOf(text);
    const gap = shown.length === 0 ? 0 : 3;
    if (used + gap + columns > room) break;
    used += gap + columns;
    shown.push(`${palette.component(component, name)} ${text}`);
  }
  return shown.join('   ');
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Flow } from '../flow/flow.js';
import { renderFlow } from '../terminal/flow.renderer.js';
import { openFlowSource, type FlowSource } from './flow.source.js';

const POLL_MS = 250;
/** Batches of several processes arrive one after the other: a flow is taken as whole when it has not changed for this long. */
const SETTLED_MS = 1000;
/** A span known from its lines or its children only may still be on its way. */
const PATIENT_MS = 2500;
/** A flow whose caller has its answer while something stays open: nothing more is expected after this long. */
const GIVEN_UP_MS = 5000;
const FALLBACK_WIDTH = 100;

/** Options of `onetrace show`. */
export interface ShowOptions {
  url?: string;
  db?: string;
  json?: boolean;
  width?: number;
  /** False for `--no-color`. */
  color: boolean;
  /** Seconds to wait for the flow to be there and whole. */
  wait?: number;
}

/** Prints a flow. Returns the exit code: 0, or 1 when there is nothing under the ID. */
export async function showCommand(id: string, options: ShowOptions): Promise<number> {
  const source = await openFlowSource(options);
  try {
    const flow = await findSettled(source, id, (options.wait ?? 0) * 1000);
    if (flow === undefined) {
      process.stderr.write(notFound(id, source.place));
      return 1;
    }
    const text = options.json === true ? `${JSON.stringify(flow, undefined, 2)}\n` : renderFlow(flow, layout(options));
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
    return 0;
  } finally {
    source.close();
  }
}

async function findSettled(source: FlowSource, id: string, waitMs: number): Promise<Flow | undefined> {
  const deadline = Date.now() + waitMs;
  let size = '';
  let changedAt = Date.now();
  for (;;) {
    const flow = await source.find(id);
    const now = Date.now();
    const nowSize = `${flow?.spans.length} ${flow?.lines.length} ${flow?.duplicates.spans.length}`;
    if (nowSize !== size) changedAt = now;
    size = nowSize;
    if (now >= deadline || (flow !== undefined && isSettled(flow, now - changedAt))) return flow;
    await delay(Math.min(POLL_MS, deadline - now));
  }
}

function isSettled(flow: Flow, unchangedMs: number): boolean {
  const isWhole = flow.danglingParents.length === 0 && !flow.spans.some((span) => span.rebuilt);
  if (flow.complete) return unchangedMs >= (isWhole ? SETTLED_MS : PATIENT_MS);
  return flow.outcome.kind !== 'running' && unchangedMs >= GIVEN_UP_MS;
}

function layout(options: ShowOptions): { width: number; color: boolean } {
  const { stdout } = process;
  const width = options.width ?? (stdout.isTTY ? stdout.columns : FALLBACK_WIDTH);
  // hasColors() knows NO_COLOR, FORCE_COLOR and TERM=dumb.
  return { width, color: options.color && stdout.isTTY && stdout.hasColors() };
}

function notFound(id: string, place: string): string {
  return [
    `Nothing with the ID ${JSON.stringify(id)} in ${place}.`,
    'Check that',
    '  - the ID is whole: a trace ID (or its first 8 characters or more), a request ID, a workflow ID or a run ID',
    '  - the programs send to this receiver: OTEL_EXPORTER_OTLP_ENDPOINT, and onetrace run -- for their lines',
    '  - the flow is not still on its way: onetrace show --wait 10 ...',
    '  - the store has not dropped it: onetrace dev --max-bytes',
    '',
  ].join('\n');
}

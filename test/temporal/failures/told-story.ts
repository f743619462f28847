import { expect } from '@jest/globals';
import { assembleFlow } from '../../../libs/onetrace/src/flow/flow.assembler.ts';
import type { Flow } from '../../../libs/onetrace/src/flow/flow.ts';
import { parseLine } from '../../../libs/onetrace/src/lines/line.parser.ts';
import { renderFlow } from '../../../libs/onetrace/src/terminal/flow.renderer.ts';
import type { Stage } from '../temporal.harness.ts';

/** Milliseconds after which the viewer takes for lost what has not come. */
const LATER_MS = 120_000;

/** What `onetrace show` makes of the spans and lines of a trace that have come so far. */
export function flowOf(stage: Stage, traceId: string): Flow {
  const nowMs = Date.now();
  const lines = stage.lines(traceId).flatMap((line) => parseLine(JSON.stringify(line), { timeMs: nowMs }) ?? []);
  return assembleFlow({ id: traceId, traceId, spans: stage.spans(traceId), lines, nowMs: nowMs + LATER_MS });
}

/** The text that it prints. */
export function story(flow: Flow): string {
  return renderFlow(flow, { width: 160 });
}

/** One root, no parent that is not there, nothing told twice; what was lost with its process is rebuilt from lines. */
export function expectComplete(flow: Flow): void {
  expect(flow.roots).toHaveLength(1);
  expect(flow.danglingParents).toEqual([]);
  expect(flow.duplicates.spans).toEqual([]);
}

/** Names of the spans that have no end. */
export function openSpans(flow: Flow): string[] {
  return flow.spans.filter(({ state }) => state !== 'ended').map(({ name }) => name);
}

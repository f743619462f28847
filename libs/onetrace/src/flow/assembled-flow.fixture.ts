import type { Scenario } from '../telemetry/chain.fixture.js';
import { T0, TRACE_ID } from '../telemetry/chain.fixture.js';
import { assembleFlow } from './flow.assembler.js';
import type { Flow } from './flow.js';

/** The flow of a scenario, as it is so long after its start, in milliseconds. */
export function assemble({ spans, lines }: Scenario, afterMs = 120_000): Flow {
  return assembleFlow({ id: TRACE_ID, traceId: TRACE_ID, spans, lines, nowMs: T0 + afterMs });
}

export const namesOf = (flow: Flow) => flow.rows.map(({ text }) => text);
export const rowOf = (flow: Flow, text: string) => flow.rows.find((row) => row.text === text);

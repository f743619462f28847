import type { LogLine } from '../telemetry/log-line.js';

/** What a line says about the life of its span: that it started, that it ended well or badly, or nothing. */
export type LinePhase = 'start' | 'end' | 'failure' | undefined;

const START = /\b(started|requested|sent)$/i;
const FAILURE = /\b(failed|aborted|timed out|cancelled|canceled)$/i;
const END = /\b(completed|finished|ended|succeeded|received)$/i;
/** What our own lines and those like them speak of; "sleep log creation completed" is the user's own story. */
const SUBJECT =
  /^((http|model|connector|inference|edge) )?(request|response|workflow|workflow start|activity|call|attempt)\b/i;

/**
 * The phase a line reports. A line outside the known vocabulary counts when it carries what such lines carry: the parent's
 * span ID at the start, a duration at the end.
 */
export function phaseOf(line: LogLine): LinePhase {
  const message = line.message.trim();
  const known = SUBJECT.test(message);
  if (FAILURE.test(message)) return known || line.durationMs !== undefined ? 'failure' : undefined;
  if (END.test(message)) return known || line.durationMs !== undefined ? 'end' : undefined;
  if (START.test(message)) return known || line.parentSpanId !== undefined ? 'start' : undefined;
  return undefined;
}

/**
 * The client's "workflow started" (component `temporal`) tells that the server took the start: it ends StartWorkflow.
 * The worker's line of the same words starts RunWorkflow.
 */
export function endsStartWorkflow(line: LogLine): boolean {
  return line.component === 'temporal' && /^workflow started$/i.test(line.message);
}

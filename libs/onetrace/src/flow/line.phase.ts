import type { LogLine } from '../telemetry/log-line.js';

/** What a line says about the life of its span: that it started, that it ended well or badly, or nothing. */
export type LinePhase = 'start' | 'end' | 'failure' | undefined;

const START = /\b(started|requested|sent)$/i;
const FAILURE = /\b(failed|aborted|timed out|cancelled|canceled)$/i;
const END = /\b(completed|finished|ended|succeeded|received)$/i;
/** What our own lines and those like them speak of; "sleep log creation completed" is the user's own story. */
const SUBJECT =
  /^((http|model|connector|inference|edge) )?(request|response|workflow|workflow start|activity|call|attempt)\b/i;

/** A server's "request received" starts what a client's "response received" ends. */
const RECEIVED_BY_SERVER = /^request received$/i;

/**
 * The phase a line reports. A line outside the known vocabulary counts when it carries what such lines carry: the parent's
 * span ID at the start, a duration at the end.
 */
export function phaseOf(line: LogLine): LinePhase {
  const message = line.message.trim();
  const known = SUBJECT.test(message);
  const timed = line.durationMs !== undefined;
  if (FAILURE.test(message)) return known || timed ? 'failure' : undefined;
  if (RECEIVED_BY_SERVER.test(message)) return 'start';
  if (END.test(message)) return known || timed ? 'end' : undefined;
  if (START.test(message)) return known || line.parentSpanId !== undefined ? 'start' : undefined;
  return timed && isAccessLine(line) ? 'end' : undefined;
}

/** Whether a line says that its span failed. What is told at INFO is meant to happen: a benign failure, a cancellation. */
export function tellsFailure(line: LogLine): boolean {
  if (line.level === 'INFO' || line.level === 'DEBUG') return false;
  return phaseOf(line) === 'failure' || (phaseOf(line) === 'end' && line.error !== undefined);
}

/** What a proxy writes when it has answered: "POST /v1/pipelines/a/runs 200". */
export function isAccessLine(line: LogLine): boolean {
  return /^[A-Z]{3,8} \/.* \d{3}$/.test(line.message);
}

/**
 * The client's "workflow started" (component `temporal`) tells that the server took the start: it ends StartWorkflow.
 * The worker's line of the same words starts RunWorkflow.
 */
export function endsStartWorkflow(line: LogLine): boolean {
  return line.component === 'temporal' && /^workflow started$/i.test(line.message);
}

/** A workflow asks for an activity, a child or its next run: a moment, whatever becomes of it. */
export function requestsStep(line: LogLine): boolean {
  return /^(activity|child workflow|next workflow run) requested$/i.test(line.message);
}

/** A workflow run is over, one way or the other. */
export function endsWorkflow(line: LogLine): boolean {
  return /^workflow (completed|failed)$/i.test(line.message);
}

import { isDebugged } from '../context/index.js';
import type { LogLevel } from '../semantics/index.js';

/** How the lines of one kind of work are written. */
export interface WorkLineRules {
  /** Whether lines that say "started", "requested" or "sent" are written; they are for debugged flows in any case. */
  readonly started: boolean;
  /** Duration in milliseconds from which a line that says "completed" is a warning; `false` for none. */
  readonly slowMs: number | false;
}

/** How the lines of everything but requests are written, in this process. */
export interface FlowLineRules {
  readonly workflows: WorkLineRules;
  readonly activities: WorkLineRules;
  readonly modelCalls: WorkLineRules;
}

/** Kinds of work that have lines of their own. */
export type WorkKind = keyof FlowLineRules;

/** The rules of a kind of work unless the user gives others: how long is long, only the application knows. */
export const DEFAULT_WORK_LINES: WorkLineRules = { started: true, slowMs: false };

const DEFAULTS: FlowLineRules = {
  workflows: DEFAULT_WORK_LINES,
  activities: DEFAULT_WORK_LINES,
  modelCalls: DEFAULT_WORK_LINES,
};

// Shared by every copy of the library in the process: Temporal's plugin and the connector may come with another one.
const HOLDER = Symbol.for('onetrace.logging.flow-lines');
const holder = ((globalThis as { [HOLDER]?: { rules: FlowLineRules } })[HOLDER] ??= { rules: DEFAULTS });

/** Sets the rules of this process; `undefined` brings the defaults back. */
export function configureFlowLines(rules: FlowLineRules | undefined): void {
  holder.rules = rules ?? DEFAULTS;
}

/** Whether the beginning of such work is told. */
export function tellsStart(kind: WorkKind, debugged = isDebugged()): boolean {
  return holder.rules[kind].started || debugged;
}

/** Level of the line that such work has come to its end, and what to add inside `extra` where it took too long. */
export function completion(
  kind: WorkKind,
  durationMs: number,
): { readonly level: LogLevel; readonly extra: { readonly slower_than_ms?: number } } {
  const { slowMs } = holder.rules[kind];
  return slowMs === false || durationMs < slowMs
    ? { level: 'INFO', extra: {} }
    : { level: 'WARN', extra: { slower_than_ms: slowMs } };
}

import { configureDebugRules, type DebugRules } from '../context/index.js';
import { configureFlowLines, type FlowLineRules } from '../logging/index.js';
import type { LevelSignal } from './level-signal.js';

/** What one application says of lines beyond those of its requests. */
export interface LineSettings {
  readonly work: FlowLineRules;
  readonly debug: DebugRules;
  /** Signal that changes the level; `undefined` for none. */
  readonly levelSignal: LevelSignal | undefined;
}

/** Makes them the process's: workflows, activities and connectors do not know which application they belong to. */
export function applyLineSettings({ work, debug }: LineSettings): void {
  configureFlowLines(work);
  configureDebugRules(debug);
}

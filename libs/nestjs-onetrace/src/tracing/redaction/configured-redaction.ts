import { ATTR } from '../../semantics/index.js';
import { compilePaths, type PathNode } from './redacted-paths.js';
import { type RedactionLists, RedactionRules } from './redaction-rules.js';

/** What one application of this process asks to be redacted. */
export interface RedactionSettings extends RedactionLists {
  /** Paths in what is given to a line: `user.address.street`, `items[*].pin`. */
  readonly paths: readonly string[];
}

interface SharedState {
  rules: RedactionRules;
  paths: PathNode | undefined;
}

/** Until somebody configures it. */
const DEFAULTS: RedactionSettings = {
  hash: [ATTR.userId],
  drop: ['patient.id', 'password'],
  redact: [],
  keep: [],
  paths: [],
};

// Shared by every copy of the library in the process.
const STATE_KEY = Symbol.for('onetrace.tracing.redaction');
const state = ((globalThis as { [STATE_KEY]?: SharedState })[STATE_KEY] ??= compile([]));

/** Sets what is redacted in this process: what one of its applications calls a secret is one for all of them. */
export function configureRedaction(applications: readonly RedactionSettings[]): void {
  Object.assign(state, compile(applications));
}

/** The rules of all applications in this process. */
export function redactionRules(): RedactionRules {
  return state.rules;
}

/** The paths of all applications in this process; `undefined` where none has any. */
export function redactedPaths(): PathNode | undefined {
  return state.paths;
}

function compile(applications: readonly RedactionSettings[]): SharedState {
  const [first = DEFAULTS, ...others] = applications;
  const all = [first, ...others];
  return {
    rules: new RedactionRules({
      hash: all.flatMap(({ hash }) => hash),
      drop: all.flatMap(({ drop }) => drop),
      redact: all.flatMap(({ redact }) => redact),
      // No secret is only what none of them takes for one.
      keep: first.keep.filter((entry) => others.every(({ keep }) => keep.some((one) => String(one) === String(entry)))),
    }),
    paths: compilePaths(all.flatMap(({ paths }) => paths)),
  };
}

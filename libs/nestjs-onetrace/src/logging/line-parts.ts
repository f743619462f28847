import type { Context } from '@opentelemetry/api';
import type { Identity } from '../context/index.js';
import type { LogLevel } from '../semantics/index.js';
import type { DescribedError } from './line-error.js';
import type { LineFields } from './line-fields.js';

/** What a line is made of before it becomes JSON. */
export interface LineParts {
  readonly timeMs: number;
  /** Whose trace and activity it is where the fields do not say. */
  readonly context: Context;
  /** Whose it is where the fields do not say. */
  readonly identity: Identity;
  readonly level: LogLevel;
  readonly message: string;
  readonly component: string;
  /** What stands at the top, proper already; its component, error and extra are not looked at. */
  readonly fields: LineFields;
  readonly error: DescribedError | undefined;
  readonly extra: Readonly<Record<string, unknown>> | undefined;
  /** What the logger adds to `extra` where the line itself does not say otherwise. */
  readonly bindings: Readonly<Record<string, unknown>>;
  /** The same as members of `extra`. */
  readonly bindingsJson: string;
}

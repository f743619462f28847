import type { Logger } from 'pino';
import { setRootLogger } from './component-logger.js';
import { createRootLogger } from './root-logger.js';

/** A line as a test reads it. */
export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly component: string;
  readonly error?: Readonly<Record<string, unknown>>;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The lines of a logger that stands for the process's own until `restore`. */
export function collectLines(): { readonly lines: LoggedLine[]; readonly root: Logger; restore(): void } {
  const lines: LoggedLine[] = [];
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as LoggedLine) };
  const root = createRootLogger({ component: 'gateway', level: 'trace', destination });
  const before = setRootLogger(root);
  return { lines, root, restore: () => void setRootLogger(before) };
}

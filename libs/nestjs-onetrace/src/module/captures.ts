import { captureConsole, captureProcessEvents } from '../logging/index.js';

/** What of the process itself becomes lines. */
export interface CaptureSettings {
  /** What is said through `console`. */
  readonly console: boolean;
  /** Uncaught errors, unhandled rejections and warnings. */
  readonly process: boolean;
}

const CAPTURES = { console: captureConsole, process: captureProcessEvents } as const;
type Source = keyof typeof CAPTURES;

// One of each for every application and every copy of the library in the process, or each event would be told twice.
const ACTIVE_KEY = Symbol.for('onetrace.module.captures');
const active = ((globalThis as { [ACTIVE_KEY]?: Map<Source, () => void> })[ACTIVE_KEY] ??= new Map());

/** Starts what one of the running applications wants, and ends what none of them wants any more. */
export function captureFor(applications: Iterable<CaptureSettings>): void {
  const wanted = [...applications];
  for (const source of Object.keys(CAPTURES) as Source[]) {
    const isWanted = wanted.some((settings) => settings[source]);
    if (isWanted === active.has(source)) continue;
    if (isWanted) {
      active.set(source, CAPTURES[source]());
      continue;
    }
    active.get(source)?.();
    active.delete(source);
  }
}

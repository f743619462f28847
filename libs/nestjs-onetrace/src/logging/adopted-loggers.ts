import type { Logger } from 'pino';
import { processComponent } from './process-component.js';

/** A logger of the application's that writes the schema. */
export interface AdoptedLogger {
  readonly logger: Logger;
  /** On its lines. */
  readonly component: string;
}

interface Adopted {
  /** In the order in which they came. */
  readonly loggers: Set<WeakRef<Logger>>;
  /** What they were adopted with; `undefined` for whatever the process's component is. */
  readonly components: WeakMap<Logger, string | undefined>;
}

// Shared by every copy of the library in the process. An application may adopt a logger for each piece of its work.
const HOLDER = Symbol.for('onetrace.logging.adopted-loggers');
const adopted = ((globalThis as { [HOLDER]?: Adopted })[HOLDER] ??= { loggers: new Set(), components: new WeakMap() });
const forgotten = new FinalizationRegistry<WeakRef<Logger>>((reference) => void adopted.loggers.delete(reference));

/** Notes a logger whose level is the process's to change from now on. */
export function noteAdopted(logger: Logger, component: string | undefined): void {
  if (!adopted.components.has(logger)) {
    const reference = new WeakRef(logger);
    adopted.loggers.add(reference);
    forgotten.register(logger, reference);
  }
  adopted.components.set(logger, component);
}

/** The adopted loggers that somebody still has. */
export function adoptedLoggers(): readonly AdoptedLogger[] {
  return [...adopted.loggers].flatMap((reference) => {
    const logger = reference.deref();
    return logger === undefined ? [] : [{ logger, component: adopted.components.get(logger) ?? processComponent() }];
  });
}

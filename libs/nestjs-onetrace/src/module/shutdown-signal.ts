type Listener = (...args: unknown[]) => void;

/**
 * Nobody names these to end an application: who listens to all of them took every signal that there is, as
 * `enableShutdownHooks()` does with one listener where it is not told which.
 */
const NAMED_BY_NOBODY = ['SIGILL', 'SIGTRAP', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const;

/**
 * Keeps a signal for its listener: takes those off it that listen to every signal, also where they come later. Returns
 * how to end that, and give it back to those that still listen to the others.
 */
export function keepFromShutdown(signal: NodeJS.Signals): () => void {
  const taken = new Set<Listener>();
  const take = (): void => {
    for (const listener of process.listeners(signal) as Listener[]) {
      if (!listensToAll(listener)) continue;
      process.off(signal, listener);
      taken.add(listener);
    }
  };
  // Tells of a listener before it is there, and Nest adds its own signal by signal.
  const soon = (event: string | symbol): void => {
    if (event === signal) queueMicrotask(take);
  };
  take();
  process.on('newListener', soon);
  return () => {
    process.off('newListener', soon);
    for (const listener of taken) if (listensToAll(listener)) process.on(signal, listener);
    taken.clear();
  };
}

function listensToAll(listener: Listener): boolean {
  return NAMED_BY_NOBODY.every((signal) => process.listeners(signal).includes(listener));
}

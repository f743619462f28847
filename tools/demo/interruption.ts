/** Somebody wants the program to end. */
export interface Interruption {
  /** Aborted at that moment. */
  signal: AbortSignal;
  /** Resolves with the exit code that the program should have. */
  code: Promise<number>;
}

const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Waits for Ctrl-C, SIGTERM or the end of the terminal. Installed early, so that nothing is left behind; a terminal and a parent
 * may both send the signal, so that a second one must not cut the clean-up short.
 */
export function awaitInterruption(): Interruption {
  const controller = new AbortController();
  const code = new Promise<number>((resolve) => {
    for (const [name, exitCode] of Object.entries(CODES)) {
      process.on(name, () => {
        if (controller.signal.aborted) return;
        console.error('Stopping ...');
        controller.abort();
        resolve(exitCode);
      });
    }
  });
  return { signal: controller.signal, code };
}

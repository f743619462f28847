/** Resolves with the exit code of an interrupted program at Ctrl-C or SIGTERM. Installed early, so that nothing is left behind. */
export function untilInterrupted(): Promise<number> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(130));
    process.once('SIGTERM', () => resolve(143));
  });
}

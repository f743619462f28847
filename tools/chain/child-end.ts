import type { ChildProcess } from 'node:child_process';

/**
 * Children have a process group of their own: a terminal sends Ctrl-C to a whole group, and a server that dies before its
 * worker makes the worker wait. They are ended in order instead.
 */
export const OWN_GROUP = process.platform !== 'win32';

/** Also true of a program that could not be started, which has no process ID. */
export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Asks a program to end and waits for it; after `patienceMs` milliseconds it is ended without asking. */
export async function endChild(
  child: ChildProcess,
  patienceMs: number,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(timer);
}

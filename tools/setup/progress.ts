import type { Report } from './tool.ts';

/** How often a long step says that it is still at work. */
const INTERVAL_MS = 10_000;

/**
 * Reports every ten seconds how long `step` has been running while `action` runs.
 *
 * @param detail what it is doing right now; may be empty
 */
export async function withProgress<T>(
  report: Report,
  step: string,
  detail: () => string,
  action: () => Promise<T>,
  interval = INTERVAL_MS,
): Promise<T> {
  const started = Date.now();
  const ticker = setInterval(() => {
    const doing = detail();
    report(`  ${step}: ${elapsed(started)}${doing && `, ${doing}`}`);
  }, interval);
  try {
    return await action();
  } finally {
    clearInterval(ticker);
  }
}

/** The time since `started` (milliseconds of the epoch) as people say it: `8 s`, `2 min 5 s`. */
export function elapsed(started: number): string {
  const seconds = Math.round((Date.now() - started) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

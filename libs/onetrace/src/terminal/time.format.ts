const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in at most 7 columns: `0.4 ms`, `41 ms`, `1.23 s`, `29.9 s`, `2m 05s`, `1h 02m`, `3d 04h`. */
export function formatDuration(ms: number): string {
  if (ms < 0.05) return '0 ms';
  if (ms < 9.95) return `${trimZero(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9.995 * SECOND) return `${(ms / SECOND).toFixed(2)} s`;
  if (ms < 59.95 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < HOUR - SECOND / 2) return twoUnits(ms, MINUTE, 'm', SECOND, 's');
  return ms < DAY - MINUTE / 2 ? twoUnits(ms, HOUR, 'h', MINUTE, 'm') : twoUnits(ms, DAY, 'd', HOUR, 'h');
}

/** A share of a whole, to one decimal only near its ends: `99.7 %`, `82 %`, `0.4 %`, `< 0.1 %`. */
export function formatRatio(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.05) return '< 0.1 %';
  return `${trimZero(percent < 1 || percent >= 99 ? percent.toFixed(1) : percent.toFixed(0))} %`;
}

/** `10:15:23.100`, in UTC as the lines themselves are. */
export function formatClock(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 23);
}

/** `2026-11-21` */
export function formatDate(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

function trimZero(number: string): string {
  return number.replace(/\.0$/, '');
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const smallTotal = Math.round(ms / small);
  const perLarge = large / small;
  return `${Math.floor(smallTotal / perLarge)}${largeName} ${String(smallTotal % perLarge).padStart(2, '0')}${smallName}`;
}

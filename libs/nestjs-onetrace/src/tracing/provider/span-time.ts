import type { HrTime, TimeInput } from '@opentelemetry/api';

const NANOSECONDS_PER_SECOND = 1e9;

/** Milliseconds as seconds and nanoseconds. */
export function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.trunc(milliseconds / 1000);
  const nanoseconds = Math.round((milliseconds - seconds * 1000) * 1e6);
  return nanoseconds === NANOSECONDS_PER_SECOND ? [seconds + 1, 0] : [seconds, nanoseconds];
}

/** Time from one moment to another; negative seconds where the second is earlier. */
export function elapsed(from: HrTime, to: HrTime): HrTime {
  const nanoseconds = to[1] - from[1];
  return nanoseconds < 0 ? [to[0] - from[0] - 1, nanoseconds + NANOSECONDS_PER_SECOND] : [to[0] - from[0], nanoseconds];
}

/** Whether a value is a time as the API takes it: epoch or `performance.now()` milliseconds, a Date, or an HrTime. */
export function isTimeInput(value: unknown): value is TimeInput {
  return typeof value === 'number' || value instanceof Date || isHrTime(value);
}

/** Whether a value is a pair of seconds and nanoseconds. */
export function isHrTime(value: unknown): value is HrTime {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number';
}

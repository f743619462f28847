/** Whether a value can hold options: an object of the application's own, no list, Map, Promise or Date. */
export function isOptionsObject(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

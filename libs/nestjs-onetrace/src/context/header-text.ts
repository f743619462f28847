/** A header's value as one text: several headers are one list. `undefined` for what no header can be. */
export function headerText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value.join(',') : undefined;
}

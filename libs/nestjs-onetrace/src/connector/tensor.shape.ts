/** How many elements a tensor of this shape has (one without dimensions has one); `undefined` for what is no shape. */
export function elementCount(shape: unknown): number | undefined {
  if (!Array.isArray(shape)) return undefined;
  let count = 1;
  for (const size of shape as unknown[]) {
    if (!Number.isSafeInteger(size) || (size as number) < 0) return undefined;
    count *= size as number;
  }
  return Number.isSafeInteger(count) ? count : undefined;
}

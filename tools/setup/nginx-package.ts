import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { elapsed } from './progress.ts';
import { findProgram, isExecutable, lastLines, runProgram } from './program.ts';
import { WayClosedError, type Report } from './tool.ts';

/**
 * The packages that carry /usr/sbin/nginx: `nginx` itself on Debian 12, Ubuntu 23.04 and newer; before, it was empty and
 * a flavour had the binary.
 */
const PACKAGES = ['nginx', 'nginx-light', 'nginx-core'];

/** Where the binary lies in the package. */
export const NGINX_IN_PACKAGE = join('usr', 'sbin', 'nginx');

/** Names the distribution whose libraries a binary of it needs, for example `debian12-x64`. */
export async function distribution(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const field = (name: string): string => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(release)?.[1] ?? '';
  return `${field('ID') || process.platform}${field('VERSION_ID')}-${process.arch}`;
}

/**
 * Unpacks the distribution's own nginx package into `folder` without installing it: no root, no service, nothing of the
 * system is touched. apt verifies the package against the distribution's signatures.
 *
 * @throws {WayClosedError} on another kind of system, or when apt does not give the package
 */
export async function unpackNginx(folder: string, env: NodeJS.ProcessEnv, report: Report): Promise<void> {
  const apt = await Apt.find(folder, env, report);
  for (const name of PACKAGES) {
    await apt.unpack(name);
    if (await isExecutable(join(folder, NGINX_IN_PACKAGE))) break;
  }
  if (!(await isExecutable(join(folder, NGINX_IN_PACKAGE)))) {
    throw new WayClosedError(`none of the packages ${PACKAGES.join(', ')} carries ${NGINX_IN_PACKAGE}`);
  }
  const { code, output } = await runProgram(join(folder, NGINX_IN_PACKAGE), ['-v']);
  if (code !== 0 && output.includes('shared libraries')) {
    for (const name of apt.libraries()) await apt.unpack(name);
  }
  await apt.close();
}

/** The folders below `folder` with libraries that the unpacked nginx needs and the system lacks. */
export async function libraryFolders(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const parent of ['lib', join('usr', 'lib')]) {
    const names = await readdir(join(folder, parent)).catch(() => []);
    // Only the multi-architecture folders, such as x86_64-linux-gnu: /usr/lib/nginx is none.
    for (const name of names) if (name.includes('-linux-')) found.push(join(folder, parent, name));
  }
  return found;
}

/** apt and dpkg, used for downloading and unpacking only. */
class Apt {
  readonly #aptGet: string;
  readonly #dpkgDeb: string;
  readonly #folder: string;
  readonly #downloads: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #report: Report;
  /** Settings that give apt package lists of our own, once the system's did not do. */
  #ownLists: string[] | undefined;
  #depends = '';

  private constructor(aptGet: string, dpkgDeb: string, folder: string, env: NodeJS.ProcessEnv, report: Report) {
    this.#aptGet = aptGet;
    this.#dpkgDeb = dpkgDeb;
    this.#folder = folder;
    this.#downloads = join(folder, 'downloads');
    this.#env = { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
    this.#report = report;
  }

  static async find(folder: string, env: NodeJS.ProcessEnv, report: Report): Promise<Apt> {
    const aptGet = await findProgram('apt-get', env);
    const dpkgDeb = await findProgram('dpkg-deb', env);
    if (!aptGet || !dpkgDeb) throw new WayClosedError('this system has no apt');
    return new Apt(aptGet, dpkgDeb, folder, env, report);
  }

  /** Downloads one package and unpacks it; remembers what it depends on. */
  async unpack(name: string): Promise<void> {
    const file = await this.#download(name);
    const { output } = await runProgram(this.#dpkgDeb, ['--field', file, 'Depends'], { env: this.#env });
    this.#depends += `,${output}`;
    const { code, output: failure } = await runProgram(this.#dpkgDeb, ['--extract', file, this.#folder], {
      env: this.#env,
    });
    if (code !== 0) throw new WayClosedError(`dpkg-deb cannot unpack ${name}: ${lastLines(failure)}`);
    await rm(file);
  }

  /** The library packages among the dependencies of what was unpacked; the C library must be the system's own. */
  libraries(): string[] {
    const names = this.#depends.split(/[,\n]/).map((each) => /^\s*([a-z0-9.+-]+)/.exec(each)?.[1] ?? '');
    const isLibrary = (name: string): boolean => /^(lib|zlib)/.test(name) && !/^(libc6|libnginx)/.test(name);
    return [...new Set(names.filter(isLibrary))];
  }

  async close(): Promise<void> {
    await rm(this.#downloads, { recursive: true, force: true });
  }

  async #download(name: string): Promise<string> {
    await mkdir(this.#downloads, { recursive: true });
    let outcome = await this.#get('download', name);
    if (outcome.code !== 0 && !this.#ownLists) {
      // The lists are missing, or so old that the server no longer has what they name.
      await this.#updateOwnLists();
      outcome = await this.#get('download', name);
    }
    if (outcome.code !== 0)
      throw new WayClosedError(`apt-get download ${name} failed: ${lastLines(outcome.output, 1)}`);
    const file = (await readdir(this.#downloads)).find((each) => each.startsWith(`${name}_`) && each.endsWith('.deb'));
    if (!file) throw new WayClosedError(`apt-get download ${name} left no package`);
    return join(this.#downloads, file);
  }

  /** `apt-get update` into a folder of our own: needs no root and leaves the system's lists as they are. */
  async #updateOwnLists(): Promise<void> {
    const state = join(this.#downloads, 'apt');
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    await mkdir(join(state, 'cache', 'archives', 'partial'), { recursive: true });
    this.#ownLists = ['-o', `Dir::State::Lists=${join(state, 'lists')}`, '-o', `Dir::Cache=${join(state, 'cache')}`];
    this.#report('  fetching the package lists ...');
    const started = Date.now();
    const { code, output } = await this.#get('update');
    if (code !== 0) throw new WayClosedError(`apt-get update failed: ${lastLines(output, 1)}`);
    this.#report(`  package lists fetched in ${elapsed(started)}`);
  }

  #get(...command: string[]): ReturnType<typeof runProgram> {
    // As root apt hands downloads to a user that may not write into our folder; it then warns and goes on as root.
    const settings = ['-qq', '-o', 'APT::Sandbox::User=root', ...(this.#ownLists ?? [])];
    return runProgram(this.#aptGet, [...settings, ...command], { cwd: this.#downloads, env: this.#env });
  }
}

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, fillFolder } from './cache.ts';
import { withLock } from './lock.ts';
import { elapsed, withProgress } from './progress.ts';
import { findProgram, isAtLeast, isExecutable, lastLines, runProgram } from './program.ts';
import { SetupError, type Report } from './tool.ts';

const NAMES = ['python3', 'python', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];

/** What is to be installed, and for which releases of Python it is made. */
export interface PythonPackages {
  /** How messages call it. */
  readonly what: string;
  /** A requirements file that names every package with its version and its hashes; nothing else is installed. */
  readonly requirements: string;
  /** The oldest Python that takes it, such as `3.10`. */
  readonly from: string;
  /** The oldest Python that does not take it any more; without one, every newer Python does. */
  readonly below?: string;
}

/** What the set-up looks at; tests give their own. */
export interface PythonSetup {
  env?: NodeJS.ProcessEnv;
  cache?: string;
}

/**
 * A Python interpreter that has the packages of a requirements file: the machine's own Python in a virtual environment
 * in our cache, one for each content of the file and version of Python. pip holds every package against its hash.
 *
 * @throws {SetupError} ONETRACE_SETUP_PYTHON when there is no Python that is new enough, or the packages cannot be had
 */
export async function ensurePython(packages: PythonPackages, report: Report, setup: PythonSetup = {}): Promise<string> {
  const env = setup.env ?? process.env;
  const python = await findPython(packages, env);
  const content = await readFile(packages.requirements);
  const name = `${python.version}-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
  const folder = join(setup.cache ?? cacheFolder(env), 'python');
  const path = join(folder, name, inEnvironment());
  if (await isExecutable(path)) return path;
  return withLock(folder, report, async () => {
    if (!(await isExecutable(path))) {
      const started = Date.now();
      report(`Getting ${packages.what} for Python ${python.version} (once, into ${folder}) ...`);
      await fillFolder(folder, async (into) => {
        await install(python.path, packages, into, env, report);
        return name;
      });
      report(`Installed ${packages.what} in ${elapsed(started)}.`);
    }
    return path;
  });
}

async function install(
  python: string,
  packages: PythonPackages,
  into: string,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<void> {
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const steps: [string, string[]][] = [
    [python, ['-m', 'venv', into]],
    // Wheels alone: nothing is compiled here. The file is complete: what packages merely say that they need stays out.
    [
      join(into, inEnvironment()),
      [...pip, '--no-deps', '--require-hashes', '--only-binary', ':all:', '--requirement', packages.requirements],
    ],
  ];
  await withProgress(
    report,
    'installing',
    () => '',
    async () => {
      for (const [program, args] of steps) {
        const { code, output } = await runProgram(program, args, { env });
        if (code !== 0) throw missing(packages, `'${program} ${args.join(' ')}' failed: ${lastLines(output)}`);
      }
    },
  );
}

async function findPython(
  packages: PythonPackages,
  env: NodeJS.ProcessEnv,
): Promise<{ path: string; version: string }> {
  const { from, below } = packages;
  const seen: string[] = [];
  for (const name of NAMES) {
    const path = await findProgram(name, env);
    if (path === undefined) continue;
    const { code, output } = await runProgram(path, ['--version'], { env, timeout: 20_000 });
    const version = /^Python (\d+\.\d+)\./.exec(output)?.[1];
    const runs = code === 0 && version !== undefined;
    if (runs && isAtLeast(version, from) && (below === undefined || !isAtLeast(version, below))) {
      return { path, version };
    }
    seen.push(`${path} is ${version === undefined ? 'no Python that runs here' : `Python ${version}`}`);
  }
  throw missing(packages, seen.length === 0 ? 'there is none on PATH' : seen.join(', '));
}

function missing({ what, from, below }: PythonPackages, reason: string): SetupError {
  const wanted = below === undefined ? `${from} or newer` : `${from} or newer, but below ${below}`;
  return new SetupError(
    'ONETRACE_SETUP_PYTHON',
    `no Python ${wanted} with ${what}: ${reason}. Install Python ${wanted} with its venv module (https://www.python.org/downloads; ` +
      'Debian, Ubuntu: sudo apt-get install python3-venv; macOS: brew install python) and run the same command again.',
  );
}

function inEnvironment(): string {
  return process.platform === 'win32' ? join('Scripts', 'python.exe') : join('bin', 'python');
}

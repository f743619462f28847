import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, fillFolder } from './cache.ts';
import { withLock } from './lock.ts';
import { elapsed, withProgress } from './progress.ts';
import { findProgram, isAtLeast, isExecutable, lastLines, runProgram } from './program.ts';
import { SetupError, type Report } from './tool.ts';

/** The oldest Python that the packages take. */
const PYTHON_MINIMUM = '3.10';

const NAMES = ['python3', 'python', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];
const TO_GO_ON =
  'Install Python 3.10 or newer with its venv module (https://www.python.org/downloads; Debian, Ubuntu: sudo apt-get ' +
  'install python3-venv; macOS: brew install python) and run the same command again.';

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
export async function ensurePython(requirements: string, report: Report, setup: PythonSetup = {}): Promise<string> {
  const env = setup.env ?? process.env;
  const python = await findPython(env);
  const content = await readFile(requirements);
  const name = `${python.version}-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
  const folder = join(setup.cache ?? cacheFolder(env), 'python');
  const path = join(folder, name, inEnvironment());
  if (await isExecutable(path)) return path;
  return withLock(folder, report, async () => {
    if (!(await isExecutable(path))) {
      const started = Date.now();
      report(`Getting Temporal's SDK for Python ${python.version} (once, into ${folder}) ...`);
      await fillFolder(folder, async (into) => {
        await install(python.path, requirements, into, env, report);
        return name;
      });
      report(`Installed Temporal's SDK for Python in ${elapsed(started)}.`);
    }
    return path;
  });
}

async function install(
  python: string,
  requirements: string,
  into: string,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<void> {
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const steps: [string, string[]][] = [
    [python, ['-m', 'venv', into]],
    // Wheels alone: nothing is compiled here.
    [
      join(into, inEnvironment()),
      [...pip, '--require-hashes', '--only-binary', ':all:', '--requirement', requirements],
    ],
  ];
  await withProgress(
    report,
    'installing',
    () => '',
    async () => {
      for (const [program, args] of steps) {
        const { code, output } = await runProgram(program, args, { env });
        if (code !== 0) throw missing(`'${program} ${args.join(' ')}' failed: ${lastLines(output)}`);
      }
    },
  );
}

async function findPython(env: NodeJS.ProcessEnv): Promise<{ path: string; version: string }> {
  const seen: string[] = [];
  for (const name of NAMES) {
    const path = await findProgram(name, env);
    if (path === undefined) continue;
    const { code, output } = await runProgram(path, ['--version'], { env, timeout: 20_000 });
    const version = /^Python (\d+\.\d+)\./.exec(output)?.[1];
    if (code === 0 && version !== undefined && isAtLeast(version, PYTHON_MINIMUM)) return { path, version };
    seen.push(`${path} is ${version === undefined ? 'no Python that runs here' : `Python ${version}`}`);
  }
  throw missing(seen.length === 0 ? 'there is none on PATH' : seen.join(', '));
}

function missing(reason: string): SetupError {
  return new SetupError('ONETRACE_SETUP_PYTHON', `no Python ${PYTHON_MINIMUM} or newer: ${reason}. ${TO_GO_ON}`);
}

function inEnvironment(): string {
  return process.platform === 'win32' ? join('Scripts', 'python.exe') : join('bin', 'python');
}

import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NPM = process.env['npm_execpath'];
const BENIGN = /^npm warn (Unknown (user|project|env) config|install-scripts)/;

/** Runs npm under this Node, which is the one that the packages are installed for. */
export async function npm(args: string[], cwd: string): Promise<{ stdout: string; warnings: string[] }> {
  const options = { cwd, maxBuffer: 64 * 1024 * 1024, timeout: 240_000, env: environment() };
  const { stdout, stderr } = await (NPM === undefined
    ? run('npm', args, options)
    : run(process.execPath, [NPM, ...args], options));
  return { stdout, warnings: stderr.split('\n').filter((line) => line.trim() !== '' && !BENIGN.test(line)) };
}

/** `npm install` without scripts, which none of the packages needs here, and with everything said that npm has to say. */
export function npmInstall(args: string[], cwd: string): ReturnType<typeof npm> {
  return npm(
    ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--loglevel=warn', ...args],
    cwd,
  );
}

// What `npm test` sets for its scripts would be options of the inner npm.
function environment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(loglevel|workspace)|package|lifecycle)/i.test(name),
  );
  // First on the path, so that npm itself runs on this Node.
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return { ...Object.fromEntries(entries), PATH: path };
}

/**
 * Keeps node_modules in step with package-lock.json, for tools/run.mjs. Plain JavaScript for Node 18.19 without
 * dependencies, because it runs before there are any.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const windows = process.platform === 'win32';

/** The Node of package.json's devDependencies, in the folder where its package puts the binary. */
export function pinnedNode(root) {
  return join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
}

/**
 * Runs `npm ci` unless node_modules already is what package-lock.json asks for.
 *
 * @param {string} root the repository
 * @param {(line: string) => void} report takes one line of progress
 * @throws {Error} with one message to show, when the dependencies cannot be had
 */
export async function ensureDependencies(root, report) {
  const stamp = join(root, 'node_modules', '.onetrace-stamp');
  const wanted = fingerprint(root);
  const upToDate = () => read(stamp) === wanted && existsSync(pinnedNode(root));
  if (upToDate()) return;
  const unlock = await lock(root, report);
  try {
    if (upToDate()) return; // another set-up did it while this one waited
    if (!matchesLock(root)) await install(root, report);
    verifyPinnedNode(root);
    writeFileSync(stamp, wanted);
  } finally {
    unlock();
  }
}

/** Changes whenever a package.json or the lock file does, and only then. */
export function fingerprint(root) {
  const hash = createHash('sha256');
  const files = ['package-lock.json', 'package.json'];
  for (const pattern of JSON.parse(read(join(root, 'package.json')) ?? '{}').workspaces ?? []) {
    const folder = pattern.replace(/\/\*$/, '');
    const names =
      pattern === folder ? [''] : existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : [];
    for (const name of names) files.push(join(folder, name, 'package.json'));
  }
  for (const file of files) hash.update(`${file}\0${read(join(root, file)) ?? ''}\0`);
  return hash.digest('hex');
}

/**
 * Whether node_modules holds what package-lock.json lists. npm writes its own record of what it installed as the last
 * thing, so somebody's `npm install` is recognised and an interrupted one is not.
 */
export function matchesLock(root) {
  const record = read(join(root, 'node_modules', '.package-lock.json'));
  if (record === undefined || !existsSync(pinnedNode(root))) return false;
  const wanted = JSON.parse(read(join(root, 'package-lock.json')) ?? '{}').packages ?? {};
  const installed = JSON.parse(record).packages ?? {};
  // A workspace's own dependencies must have reached the lock file, otherwise `npm ci` would refuse and say so.
  for (const [path, entry] of Object.entries(wanted)) {
    if (path.startsWith('node_modules/') || path.includes('/node_modules/')) {
      const there = installed[path];
      if (there ? there.version !== entry.version || there.integrity !== entry.integrity : !entry.optional)
        return false;
    } else {
      const manifest = JSON.parse(read(join(root, path, 'package.json')) ?? '{}');
      for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']) {
        if (!sameRecord(manifest[kind], entry[kind])) return false;
      }
    }
  }
  return true;
}

/** Clean install through npm, with a Node that the install does not delete while it runs. */
async function install(root, report) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const [command, args] = npmCommand(root);
  report('Installing dependencies (npm ci) ...');
  const ticker = setInterval(() => report(`  npm ci is still at work after ${seconds()} s`), 10_000);
  const child = spawn(command, [...args, 'ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: pathOutside(root) },
    shell: windows && command === 'npm',
  });
  // npm undoes what it did before it ends, which can take half a minute; ended at once, it leaves that to the next run.
  let interrupted = false;
  const forward = (signal) => {
    report(interrupted ? 'Ending npm ci.' : 'Stopping npm ci (once more to end it at once) ...');
    child.kill(interrupted ? 'SIGKILL' : signal);
    interrupted = true;
  };
  process.on('SIGINT', forward).on('SIGTERM', forward);
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(signal ?? code));
  });
  clearInterval(ticker);
  process.off('SIGINT', forward).off('SIGTERM', forward);
  if (interrupted) throw new Error('Interrupted. The next run installs the dependencies from the start.');
  if (outcome !== 0) {
    throw new Error(
      `ONETRACE_DEPENDENCIES_FAILED: 'npm ci' ended with ${outcome} after ${seconds()} s; its own message is above. ` +
        'Mend what it names (network, registry, lock file) and run the same command again.',
    );
  }
  report(`Dependencies are ready after ${seconds()} s.`);
}

/** npm as [program, arguments]: the npm that runs this script if there is one, otherwise the one on PATH. */
export function npmCommand(root, environment = process.env) {
  const cli = environment.npm_execpath ?? '';
  const node = nodeOutside(root, environment);
  if (/^np[mx]-cli\.c?js$/.test(basename(cli)) && existsSync(cli) && node)
    return [node, [cli.replace(/npx-cli/, 'npm-cli')]];
  return ['npm', []];
}

/** A Node that does not lie in the node_modules about to be deleted. */
function nodeOutside(root, environment) {
  const onPath = (environment.PATH ?? '').split(delimiter).map((folder) => join(folder, windows ? 'node.exe' : 'node'));
  return [environment.npm_node_execpath, process.execPath, ...onPath].find((path) => path && outside(root, path));
}

/** PATH without the folders of this node_modules, where `node` is the binary that `npm ci` deletes. */
function pathOutside(root) {
  const inside = join(root, 'node_modules') + sep;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(inside))
    .join(delimiter);
}

function outside(root, path) {
  try {
    return !realpathSync(path).startsWith(join(realpathSync(root), 'node_modules') + sep);
  } catch {
    return false; // no such file
  }
}

/** npm can leave the pinned Node out and still exit 0: npm 12 blocks install scripts, and so does `ignore-scripts`. */
function verifyPinnedNode(root) {
  const wanted = JSON.parse(read(join(root, 'package.json')) ?? '{}').devDependencies?.node;
  const linked = join(root, 'node_modules', '.bin', windows ? 'node.cmd' : 'node');
  const ran = existsSync(linked) ? spawnSync(pinnedNode(root), ['--version'], { encoding: 'utf8' }) : undefined;
  const got = ran?.stdout?.trim();
  if (got === `v${wanted}`) return;
  // Without this npm's record would pass for a complete installation at the next run.
  rmSync(join(root, 'node_modules', '.package-lock.json'), { force: true });
  throw new Error(
    `ONETRACE_NODE_MISSING: npm finished, but node_modules/.bin/node ${got ? `is ${got}` : 'is missing'} where package.json ` +
      `pins ${wanted}. npm did not run the install script of the package 'node': check that ignore-scripts is off ` +
      `('npm config get ignore-scripts') and that package.json keeps "allowScripts": { "node": true }, then run the same command again.`,
  );
}

/** One installation at a time: two `npm ci` in one folder destroy each other's work. */
async function lock(root, report) {
  const folder = join(
    tmpdir(),
    `onetrace-npm-${createHash('sha256').update(realpathSync(root)).digest('hex').slice(0, 16)}`,
  );
  for (let told = false; ;) {
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, 'pid'), String(process.pid));
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const pid = Number(read(join(folder, 'pid')));
    if (pid ? !alive(pid) : olderThan(folder, 5_000)) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (!told) report(`Waiting for another installation of the dependencies (process ${pid || 'starting'}) ...`);
    told = true;
    await sleep(250);
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function olderThan(path, milliseconds) {
  try {
    return Date.now() - statSync(path).mtimeMs > milliseconds;
  } catch {
    return true;
  }
}

function sameRecord(left = {}, right = {}) {
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

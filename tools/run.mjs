/**
 * The one entry behind the npm scripts: `node tools/run.mjs <command> [arguments]`.
 *
 * Runs on whatever Node the machine has (18.19 or newer) with nothing installed: it brings the dependencies up to date,
 * the pinned Node among them, and hands over to `tools/commands/<command>.ts` under that Node. When everything is
 * there it only reads a few files.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies, pinnedNode } from './setup/dependencies.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const commands = join(root, 'tools', 'commands');

/** What can be run: the names of the files in tools/commands. */
function listCommands() {
  if (!existsSync(commands)) return [];
  return readdirSync(commands)
    .filter((file) => /^[a-z][a-z-]*\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

/** Runs the command and resolves with its exit code, 128 + n when signal n ended it. */
function runCommand(name, args) {
  return new Promise((resolve) => {
    const child = spawn(pinnedNode(root), [join(commands, `${name}.ts`), ...args], { stdio: 'inherit' });
    // A terminal sends Ctrl-C to the whole process group, the command included; sent on, it would arrive twice and look
    // like an impatient second Ctrl-C.
    process.on('SIGINT', () => {
      if (!process.stdin.isTTY) child.kill('SIGINT');
    });
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    // npm that is ended alone leaves its script running; nobody would stop it then.
    const parent = process.ppid;
    const orphaned = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(orphaned);
      child.kill('SIGTERM');
    }, 500);
    orphaned.unref();
    child.on('error', (error) => {
      console.error(`ONETRACE_RUN_FAILED: ${error.message}. Delete node_modules and run the command again.`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)));
  });
}

const [name = '', ...args] = process.argv.slice(2);
const known = listCommands();
if (!known.includes(name)) {
  const what = name
    ? `ONETRACE_UNKNOWN_COMMAND: there is no command '${name}'.`
    : 'Usage: node tools/run.mjs <command>';
  console.error(`${what} Commands: ${known.join(', ')}`);
  process.exitCode = 2;
} else {
  try {
    await ensureDependencies(root, (line) => console.error(line));
    process.exitCode = await runCommand(name, args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

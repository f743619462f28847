import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeMachine, type FakeMachine } from './fake-machine.ts';

const tools = join(import.meta.dirname, '..');
const VERSION = '24.0.0';

let machine: FakeMachine;
let root: string;

/** A repository with one command, whose dependencies a fake npm "installs": a pinned Node that is this Node. */
beforeEach(async () => {
  machine = await fakeMachine();
  root = join(machine.root, 'repository');
  await mkdir(join(root, 'tools', 'commands'), { recursive: true });
  await cp(join(tools, 'run.mjs'), join(root, 'tools', 'run.mjs'));
  await cp(join(tools, 'setup', 'dependencies.mjs'), join(root, 'tools', 'setup', 'dependencies.mjs'));
  await writeFile(join(root, 'package.json'), JSON.stringify({ type: 'module', devDependencies: { node: VERSION } }));
  await writeFile(
    join(root, 'package-lock.json'),
    JSON.stringify({ packages: { '': { devDependencies: { node: VERSION } } } }),
  );
  await writeFile(
    join(root, 'tools', 'commands', 'hello.ts'),
    `const args: string[] = process.argv.slice(2);
     console.log('hello ' + args.join(' '));
     if (args[0] === 'exit') process.exit(Number(args[1]));
     if (args[0] === 'wait') {
       setInterval(() => {}, 1000);
       for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { console.log('got ' + signal); process.exit(7); });
       console.log('waiting');
     }`,
  );
  await fakeNpm();
});
afterEach(() => machine.remove());

const npmCli = (): string => join(machine.root, 'npm-cli.js');
const installs = async (): Promise<number> =>
  (await readFile(join(machine.root, 'installs'), 'utf8').catch(() => '')).length;

/** `broken` is run before the pinned Node is put in place. */
async function fakeNpm(broken = ''): Promise<void> {
  const node = `#!/bin/sh\n[ "$1" = --version ] && echo v${VERSION} && exit\nexec "${process.execPath}" "$@"\n`;
  await writeFile(
    npmCli(),
    `const fs = require('node:fs');
     fs.appendFileSync(${JSON.stringify(join(machine.root, 'installs'))}, 'x');
     fs.writeFileSync(${JSON.stringify(join(machine.root, 'npm-node'))}, process.execPath + ' ' + process.argv.slice(2).join(' '));
     fs.rmSync('node_modules', { recursive: true, force: true });
     fs.mkdirSync('node_modules/node/bin', { recursive: true });
     fs.mkdirSync('node_modules/.bin', { recursive: true });
     ${broken}
     fs.writeFileSync('node_modules/node/bin/node', ${JSON.stringify(node)}, { mode: 0o755 });
     fs.symlinkSync('../node/bin/node', 'node_modules/.bin/node');
     fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));`,
  );
}

interface Ended {
  code: number | null;
  output: string;
}

function start(
  args: string[],
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended>; said: (text: string) => Promise<void> } {
  const child = spawn(process.execPath, [join(root, 'tools', 'run.mjs'), ...args], {
    env: {
      PATH: '/usr/bin:/bin',
      TMPDIR: machine.root,
      npm_execpath: npmCli(),
      npm_node_execpath: process.execPath,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const waiting: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      for (const wake of waiting) wake();
    });
  }
  return {
    child,
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, output }))),
    said: (text) =>
      new Promise((resolve) => {
        const look = (): void => void (output.includes(text) && resolve());
        waiting.push(look);
        look();
      }),
  };
}

const run = (...args: string[]): Promise<Ended> => start(args).ended;

test('the first run installs and says so, the next ones go straight to the command', async () => {
  const first = await run('hello', 'a', 'b c');
  expect(first).toEqual({ code: 0, output: expect.stringContaining('hello a b c') });
  expect(first.output).toContain('Installing dependencies');
  expect(await run('hello')).toEqual({ code: 0, output: 'hello \n' });
  expect(await installs()).toBe(1);
  expect(await readFile(join(machine.root, 'npm-node'), 'utf8')).toMatch(/ ci --include=dev /);
});

test('a changed package.json or lock file is installed again', async () => {
  await run('hello');
  await writeFile(
    join(root, 'package-lock.json'),
    JSON.stringify({
      packages: { '': { devDependencies: { node: VERSION } }, 'node_modules/new': { version: '1.0.0' } },
    }),
  );
  await run('hello');
  expect(await installs()).toBe(2);
});

test("somebody's own npm install counts", async () => {
  await run('hello');
  await rm(join(root, 'node_modules', '.onetrace-stamp'));
  expect((await run('hello')).output).toBe('hello \n');
  expect(await installs()).toBe(1);
});

test('an installation that fails or is interrupted is repeated by the next run', async () => {
  await fakeNpm('process.exit(3);');
  const failed = await run('hello');
  expect(failed.code).toBe(1);
  expect(failed.output).toContain("ONETRACE_DEPENDENCIES_FAILED: 'npm ci' ended with 3");
  expect(failed.output).not.toContain('hello');
  await fakeNpm();
  expect((await run('hello')).code).toBe(0);
  expect(await installs()).toBe(2);
});

test('Ctrl-C during the installation stops npm, says so, and the next run starts it anew', async () => {
  await fakeNpm(
    "setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(0)); console.error('at work'); return;",
  );
  const { child, ended, said } = start(['hello']);
  await said('at work');
  child.kill('SIGTERM');
  const { code, output } = await ended;
  expect(code).toBe(1);
  expect(output).toContain('Interrupted. The next run');
  await fakeNpm();
  expect((await run('hello')).code).toBe(0);
});

test('an npm that leaves the pinned Node out is found out, with the remedy', async () => {
  await fakeNpm("fs.writeFileSync('node_modules/.package-lock.json', '{}'); process.exit(0);");
  const outcome = await run('hello');
  expect(outcome.code).toBe(1);
  expect(outcome.output).toContain(
    `ONETRACE_NODE_MISSING: npm finished, but node_modules/.bin/node is missing where package.json pins ${VERSION}`,
  );
  expect(outcome.output).toContain('allowScripts');
  await fakeNpm();
  expect((await run('hello')).code).toBe(0);
});

test('npm is started with a Node that it does not delete', async () => {
  await run('hello');
  await rm(join(root, 'node_modules', '.onetrace-stamp'));
  await rm(join(root, 'node_modules', '.package-lock.json'));
  const inside = join(root, 'node_modules', '.bin', 'node');
  await start(['hello'], { npm_node_execpath: inside, PATH: `${join(root, 'node_modules', '.bin')}:/usr/bin:/bin` })
    .ended;
  expect(await installs()).toBe(2);
  expect(await readFile(join(machine.root, 'npm-node'), 'utf8')).not.toContain(root);
});

test('two runs at once install once', async () => {
  const outcomes = await Promise.all([run('hello'), run('hello'), run('hello')]);
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(await installs()).toBe(1);
});

describe('the command', () => {
  test.each([0, 1, 42])('gives its exit code back: %d', async (code) => {
    expect((await run('hello', 'exit', String(code))).code).toBe(code);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('gets %s once', async (signal) => {
    const { child, ended, said } = start(['hello', 'wait']);
    await said('waiting');
    child.kill(signal);
    const { code, output } = await ended;
    expect(code).toBe(7);
    expect(output.split(`got ${signal}`)).toHaveLength(2);
  });

  test.each([[['nope']], [[]], [['../hello']]])(
    'that does not exist is answered with those that do: %j',
    async (args) => {
      const { code, output } = await run(...args);
      expect(code).toBe(2);
      expect(output).toContain('Commands: hello');
      expect(existsSync(join(root, 'node_modules'))).toBe(false);
    },
  );
});

test('the real entry parses on the oldest Node it promises to run on', async () => {
  // Nothing newer than Node 18.19 may slip in: these appeared later.
  for (const file of ['run.mjs', join('setup', 'dependencies.mjs')]) {
    const source = await readFile(join(tools, file), 'utf8');
    expect(source).not.toMatch(/import\.meta\.(dirname|filename)|Promise\.withResolvers|Object\.groupBy|\busing\b .*=/);
    execFileSync(process.execPath, ['--check', join(tools, file)]);
  }
});

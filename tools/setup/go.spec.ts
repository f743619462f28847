import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeMachine, type FakeMachine } from './fake-machine.ts';
import { ensureGoProgram } from './go.ts';

let machine: FakeMachine;
let module: string;
let told: string[];
beforeEach(async () => {
  machine = await fakeMachine();
  told = [];
  module = join(machine.root, 'module');
  await mkdir(module);
  await writeFile(join(module, 'main.go'), 'package main');
});
afterEach(() => machine.remove());

const ensure = (): Promise<string> =>
  ensureGoProgram(module, (line) => told.push(line), {
    env: machine.env({ GOOS: 'plan9' }),
    cache: machine.cache,
    goFolders: [],
  });

/** A Go that writes down how it is called and then "builds" what `body` says; `$out` is where to. */
const fakeGo = (body: string): Promise<string> =>
  machine.script(
    join(machine.bin, 'go'),
    `for arg; do [ "$before" = -o ] && out=$arg; before=$arg; done
echo "$PWD $@ GOOS=$GOOS GOWORK=$GOWORK" >> ${join(machine.root, 'go.log')}
${body}`,
  );
const calls = async (): Promise<string[]> => (await readFile(join(machine.root, 'go.log'), 'utf8')).trim().split('\n');
const builds = `printf '#!/bin/sh\\n' > "$out"; chmod +x "$out"`;

test('a program is built once, for this machine, without a change to its module', async () => {
  await fakeGo(builds);
  const path = await ensure();
  expect(path.startsWith(join(machine.cache, 'go'))).toBe(true);
  await expect(ensure()).resolves.toBe(path);
  expect(await calls()).toEqual([expect.stringMatching(/module build .*-mod=readonly.* \. GOOS= GOWORK=off$/)]);
  expect(told).toEqual([expect.stringContaining('Building'), expect.stringContaining('Built')]);
});

test('a change of a source is another program', async () => {
  await fakeGo(builds);
  const first = await ensure();
  await writeFile(join(module, 'main.go'), 'package main // changed');
  await expect(ensure()).resolves.not.toBe(first);
});

test('a machine without Go is told what to do', async () => {
  await expect(ensure()).rejects.toThrow(
    expect.objectContaining({ code: 'ONETRACE_SETUP_GO', message: expect.stringContaining('go.dev/doc/install') }),
  );
});

test('a failed build leaves nothing behind, and is told in the words of Go', async () => {
  await fakeGo('echo checksum mismatch; exit 1');
  await expect(ensure()).rejects.toThrow(/checksum mismatch/);
  await expect(readdir(join(machine.cache, 'go'))).resolves.toEqual([]);
});

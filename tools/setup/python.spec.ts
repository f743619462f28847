import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeMachine, type FakeMachine } from './fake-machine.ts';
import { ensurePython, type PythonPackages } from './python.ts';

let machine: FakeMachine;
let requirements: string;
let told: string[];
beforeEach(async () => {
  machine = await fakeMachine();
  told = [];
  requirements = join(machine.root, 'requirements.txt');
  await writeFile(requirements, 'temporalio==1.0.0 --hash=sha256:0\n');
});
afterEach(() => machine.remove());

const ensure = (more: Partial<PythonPackages> = {}): Promise<string> =>
  ensurePython({ what: 'a package', requirements, from: '3.10', ...more }, (line) => told.push(line), {
    env: machine.env(),
    cache: machine.cache,
  });

/** A Python whose virtual environments have an interpreter that writes down how it is called and then does `pip`. */
function fakePython(name: string, version: string, pip = ''): Promise<string> {
  const log = join(machine.root, 'pip.log');
  return machine.script(
    join(machine.bin, name),
    `if [ "$1" = --version ]; then echo "Python ${version}"; exit; fi
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" >> ${log}\\n%s\\n' '${pip}' > "$3/bin/python"; chmod +x "$3/bin/python"`,
  );
}
const asked = (): Promise<string> => readFile(join(machine.root, 'pip.log'), 'utf8');

test('packages are installed once, as wheels that have the hashes of the file', async () => {
  await fakePython('python3', '3.12.1');
  const path = await ensure();
  expect(path.startsWith(join(machine.cache, 'python', '3.12-'))).toBe(true);
  expect(told).toMatchObject([
    expect.stringContaining('a package for Python 3.12'),
    expect.stringContaining('Installed a package'),
  ]);
  await expect(ensure()).resolves.toBe(path);
  const calls = (await asked()).trim().split('\n');
  expect(calls).toHaveLength(1);
  expect(calls[0]).toContain(`--no-deps --require-hashes --only-binary :all: --requirement ${requirements}`);
});

test('other requirements and another Python are another environment', async () => {
  await fakePython('python3', '3.12.1');
  const first = await ensure();
  await writeFile(requirements, 'temporalio==1.0.1 --hash=sha256:0\n');
  const second = await ensure();
  await fakePython('python3', '3.13.0');
  expect(new Set([first, second, await ensure()]).size).toBe(3);
});

test('an older Python is passed by for a newer one of another name', async () => {
  await fakePython('python3', '3.9.2');
  await fakePython('python3.11', '3.11.2');
  await expect(ensure()).resolves.toContain('3.11-');
});

test('a newer Python than the packages are made for is passed by, and told where there is no other', async () => {
  await fakePython('python3', '3.14.0');
  await expect(ensure({ below: '3.13' })).rejects.toThrow(
    /is Python 3\.14.*Install Python 3\.10 or newer, but below 3\.13/s,
  );
  await fakePython('python3.12', '3.12.1');
  await expect(ensure({ below: '3.13' })).resolves.toContain('3.12-');
});

test.each([
  ['no Python at all', [], 'there is none on PATH'],
  ['an old Python', ['3.9.2'], 'is Python 3.9'],
])('%s says what was found and what to do', async (_what, versions, found) => {
  for (const version of versions) await fakePython('python3', version);
  await expect(ensure()).rejects.toThrow(
    expect.objectContaining({ code: 'ONETRACE_SETUP_PYTHON', message: expect.stringContaining(found) }),
  );
  await expect(ensure()).rejects.toThrow(/Install Python 3\.10 or newer/);
});

test('packages that cannot be had leave nothing behind, and are told in the words of pip', async () => {
  await fakePython('python3', '3.12.1', 'echo no matching distribution; exit 1');
  await expect(ensure()).rejects.toThrow(/no matching distribution/);
  await expect(readdir(join(machine.cache, 'python'))).resolves.toEqual([]);
});

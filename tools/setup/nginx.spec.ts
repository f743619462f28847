import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeMachine, type FakeMachine } from './fake-machine.ts';
import { ensureNginx } from './nginx.ts';
import { distribution } from './nginx-package.ts';
import type { Tool } from './tool.ts';

const saysVersion = (version: string): string => `echo "nginx version: nginx/${version}" >&2`;

let machine: FakeMachine;
let told: string[];
beforeEach(async () => {
  machine = await fakeMachine();
  told = [];
});
afterEach(() => machine.remove());

function ensure(more: Record<string, string> = {}): Promise<Tool> {
  return ensureNginx((line) => told.push(line), {
    env: machine.env(more),
    cache: machine.cache,
    moreFolders: [join(machine.root, 'sbin')],
  });
}

const left = (): Promise<string[]> => readdir(join(machine.cache, 'nginx'));
const inCache = async (version: string): Promise<string> =>
  join(machine.cache, 'nginx', `${version}-${await distribution()}`, 'usr', 'sbin', 'nginx');

/** An apt-get whose `download` leaves a package, and a dpkg-deb that unpacks an nginx with this script as its body. */
async function fakeApt(nginx: string, download = 'touch "$package"_1_all.deb'): Promise<void> {
  await machine.script(
    join(machine.bin, 'apt-get'),
    `for package; do :; done\ncase "$*" in *" update") touch '${machine.root}/updated';; *) ${download};; esac`,
  );
  const body = `#!/bin/sh\\n${nginx}\\n`.replaceAll("'", `'\\''`);
  await machine.script(
    join(machine.bin, 'dpkg-deb'),
    `case "$1" in --field) echo 'libc6 (>= 2.34), libpcre2-8-0 (>= 10.22), zlib1g, nginx-common, libnginx-mod-x';;
     *) case "$2" in *nginx_*) mkdir -p "$3/usr/sbin"; printf '${body}' > "$3/usr/sbin/nginx"; chmod +x "$3/usr/sbin/nginx";;
        *) mkdir -p "$3/usr/lib/x86_64-linux-gnu"; touch "$3/usr/lib/x86_64-linux-gnu/$(basename "$2")";; esac;; esac`,
  );
}

describe('the order of the ways', () => {
  test('variable, PATH, the usual folders, cache', async () => {
    const named = await machine.script(join(machine.root, 'mine', 'nginx'), saysVersion('1.29.0'));
    const onPath = await machine.script(join(machine.bin, 'nginx'), saysVersion('1.26.1'));
    const usual = await machine.script(join(machine.root, 'sbin', 'nginx'), saysVersion('1.24.0'));
    const cached = await machine.script(await inCache('1.22.1'), saysVersion('1.22.1'));

    expect(await ensure({ ONETRACE_NGINX: named })).toEqual({
      name: 'nginx',
      path: named,
      version: '1.29.0',
      origin: 'environment',
    });
    expect(await ensure()).toEqual({ name: 'nginx', path: onPath, version: '1.26.1', origin: 'path' });
    await rm(onPath);
    expect(await ensure()).toEqual({ name: 'nginx', path: usual, version: '1.24.0', origin: 'path' });
    await machine.script(usual, saysVersion('1.18.0'));
    expect(await ensure()).toEqual({ name: 'nginx', path: cached, version: '1.22.1', origin: 'cache' });
    expect(told).toEqual([`Not using ${usual}: version 1.18.0 is older than 1.22.`]);
  });

  test('the newest of the cache, and none that another distribution unpacked', async () => {
    await machine.script(await inCache('1.22.1'), saysVersion('1.22.1'));
    const newest = await machine.script(await inCache('1.26.3'), saysVersion('1.26.3'));
    await machine.script(await inCache('1.18.0'), saysVersion('1.18.0'));
    await machine.script(
      join(machine.cache, 'nginx', '1.30.0-plan9-x64', 'usr', 'sbin', 'nginx'),
      saysVersion('1.30.0'),
    );
    expect(await ensure()).toMatchObject({ path: newest, version: '1.26.3' });
  });
});

describe('a wrong variable is an error that names it', () => {
  test.each(['/no/such/file', '/bin/echo'])('%s', async (path) => {
    await expect(ensure({ ONETRACE_NGINX: path })).rejects.toThrow(
      `ONETRACE_SETUP_PATH: ONETRACE_NGINX is '${path}', which is no nginx`,
    );
  });

  test('one that is too old', async () => {
    const path = await machine.script(join(machine.root, 'old', 'nginx'), saysVersion('1.18.0'));
    await expect(ensure({ ONETRACE_NGINX: path })).rejects.toThrow('nginx 1.18.0, older than 1.22');
  });
});

describe("the distribution's package", () => {
  test('is unpacked into the cache and found there by the next run', async () => {
    await fakeApt(saysVersion('1.22.1'));
    const path = await inCache('1.22.1');
    expect(await ensure()).toEqual({ name: 'nginx', path, version: '1.22.1', origin: 'package' });
    expect(await ensure()).toEqual({ name: 'nginx', path, version: '1.22.1', origin: 'cache' });
    expect(await left()).toEqual([`1.22.1-${await distribution()}`]);
  });

  test('is looked up in fresh lists when the present ones do not do', async () => {
    await fakeApt(saysVersion('1.22.1'), `[ -e '${machine.root}/updated' ] || exit 100; touch "$package"_1_all.deb`);
    expect((await ensure()).origin).toBe('package');
    expect(told.join('\n')).toContain('package lists fetched');
  });

  test('brings the libraries that the system lacks, and tells the caller', async () => {
    await fakeApt(
      `[ -n "$LD_LIBRARY_PATH" ] || { echo "error while loading shared libraries: libpcre2-8.so.0" >&2; exit 127; }\\n${saysVersion('1.22.1')}`,
    );
    const tool = await ensure();
    const libraries = join(tool.path, '..', '..', 'lib', 'x86_64-linux-gnu');
    expect(tool.env).toEqual({ LD_LIBRARY_PATH: libraries });
    expect((await readdir(libraries)).sort()).toEqual(['libpcre2-8-0_1_all.deb', 'zlib1g_1_all.deb']);
    expect(await ensure()).toMatchObject({ origin: 'cache', env: tool.env });
  });
});

test('when every way is closed, one message names every remedy', async () => {
  const error: unknown = await ensure().catch((reason: unknown) => reason);
  const message = error instanceof Error ? error.message : '';
  expect(message).toMatch(/^ONETRACE_SETUP_NGINX: /);
  for (const remedy of ['apt-get install', 'dnf install', 'apk add', 'brew install', 'ONETRACE_NGINX='])
    expect(message).toContain(remedy);
  expect(message).toContain('package: this system has no apt');
  expect(await left()).toEqual([]);
});

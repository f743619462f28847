import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fakeMachine, type FakeMachine } from './fake-machine.ts';
import { ensureTemporal, type TemporalSetup } from './temporal.ts';
import type { Tool } from './tool.ts';

const ASSET = 'temporal_cli_1.5.1_linux_amd64.tar.gz';
const saysVersion = (version: string): string =>
  `echo "temporal version ${version} (Server 1.2${version.split('.')[1] === '5' ? 9 : 0}.1, UI 2.42.1)"`;

let machine: FakeMachine;
let server: Server;
let answer: RequestListener;
let releases: string;
let told: string[];

beforeEach(async () => {
  machine = await fakeMachine();
  told = [];
  answer = (_request, response) => response.writeHead(404).end();
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  releases = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await machine.remove();
});

function ensure(setup: TemporalSetup = {}): Promise<Tool> {
  const given: TemporalSetup = {
    env: machine.env(),
    cache: machine.cache,
    releases,
    platform: 'linux',
    arch: 'x64',
    goFolders: [],
  };
  return ensureTemporal((line) => told.push(line), { ...given, limits: { connect: 500, stall: 500 }, ...setup });
}

/** A release archive with a `temporal` that prints its version. */
async function releaseArchive(): Promise<Buffer> {
  await machine.script(join(machine.root, 'release', 'temporal'), saysVersion('1.5.1'));
  await promisify(execFile)('tar', [
    '-czf',
    join(machine.root, ASSET),
    '-C',
    join(machine.root, 'release'),
    'temporal',
  ]);
  return readFile(join(machine.root, ASSET));
}

/** Serves the archive under a checksum, its own unless another is given. */
function serve(archive: Buffer, sha256 = createHash('sha256').update(archive).digest('hex')): string[] {
  const asked: string[] = [];
  answer = (request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/v1.5.1/checksums.txt') response.end(`${'0'.repeat(64)}  another.zip\n${sha256}  ${ASSET}\n`);
    else if (request.url === `/v1.5.1/${ASSET}`) response.end(archive);
    else response.writeHead(404).end();
  };
  return asked;
}

/** A `go` that writes down how it was called and "builds" what `body` says. */
function fakeGo(body: string): Promise<string> {
  const log = join(machine.root, 'go.log');
  return machine.script(
    join(machine.bin, 'go'),
    `printf '%s\\n' "$@" "CGO_ENABLED=$CGO_ENABLED" "GOFLAGS=$GOFLAGS" > '${log}'\n${body}`,
  );
}

const builds = `printf '#!/bin/sh\\n%s\\n' '${saysVersion('1.5.1')}' > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"`;
const cached = (): string => join(machine.cache, 'temporal', '1.5.1', 'temporal');

/** What is in the cache of this tool, to see that nothing half-done stays. */
const left = (): Promise<string[]> => readdir(join(machine.cache, 'temporal'));

describe('the order of the ways', () => {
  test('the named variable comes first', async () => {
    await machine.script(join(machine.bin, 'temporal'), saysVersion('1.5.9'));
    await machine.script(cached(), saysVersion('1.5.1'));
    const path = await machine.script(join(machine.root, 'mine', 'temporal'), saysVersion('1.5.2'));
    const tool = await ensure({ env: machine.env({ ONETRACE_TEMPORAL: path }) });
    expect(tool).toEqual({ name: 'temporal', path, version: '1.5.2', origin: 'environment' });
  });

  test('then PATH, then the cache', async () => {
    await machine.script(cached(), saysVersion('1.5.1'));
    const path = await machine.script(join(machine.bin, 'temporal'), saysVersion('1.5.9'));
    expect(await ensure()).toEqual({ name: 'temporal', path, version: '1.5.9', origin: 'path' });

    await machine.script(path, saysVersion('1.3.0'));
    expect(await ensure()).toEqual({ name: 'temporal', path: cached(), version: '1.5.1', origin: 'cache' });
    expect(told.join()).toContain(`${path}: version 1.3.0 is older than 1.5.1`);
  });

  test('a binary on PATH that was built without a version is judged by its server', async () => {
    await machine.script(join(machine.bin, 'temporal'), 'echo "temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)"');
    expect((await ensure()).origin).toBe('path');
  });

  test('then the download, which the next run finds in the cache without asking anybody', async () => {
    await fakeGo('exit 1');
    const asked = serve(await releaseArchive());
    expect(await ensure()).toEqual({ name: 'temporal', path: cached(), version: '1.5.1', origin: 'download' });
    expect(asked).toHaveLength(2);
    expect(await ensure()).toMatchObject({ path: cached(), origin: 'cache' });
    expect(asked).toHaveLength(2);
    expect(await left()).toEqual(['1.5.1']);
    expect(await readdir(join(machine.cache, 'temporal', '1.5.1'))).toEqual(['temporal']);
  });

  test('then the build, with the version linked in', async () => {
    await fakeGo(builds);
    expect(await ensure()).toEqual({ name: 'temporal', path: cached(), version: '1.5.1', origin: 'build' });
    const call = await readFile(join(machine.root, 'go.log'), 'utf8');
    expect(call).toContain('-X github.com/temporalio/cli/temporalcli.Version=1.5.1');
    expect(call).toContain('github.com/temporalio/cli/cmd/temporal@v1.5.1\n');
    expect(call).toContain('CGO_ENABLED=0\nGOFLAGS=-trimpath -buildvcs=false\n');
    expect(told.filter((line) => line.includes('cannot download'))).toHaveLength(1);
    expect(await left()).toEqual(['1.5.1']);
  });
});

describe('a wrong variable is an error that names it', () => {
  test.each(['/no/such/file', '/etc/hostname', '/bin/echo'])('%s', async (path) => {
    await machine.script(join(machine.bin, 'temporal'), saysVersion('1.5.1'));
    await expect(ensure({ env: machine.env({ ONETRACE_TEMPORAL: path }) })).rejects.toThrow(
      `ONETRACE_SETUP_PATH: ONETRACE_TEMPORAL is '${path}'`,
    );
  });
});

describe('a download', () => {
  test('with another checksum is an error, keeps nothing and is not papered over by a build', async () => {
    await fakeGo(builds);
    serve(await releaseArchive(), 'f'.repeat(64));
    await expect(ensure()).rejects.toThrow(
      /ONETRACE_SETUP_CHECKSUM: .*SHA-256 [0-9a-f]{64}, its release announces f{64}/,
    );
    expect(await left()).toEqual([]);
  });

  test.each<[string, RequestListener]>([
    ['a server that never answers', () => {}],
    ['a server that refuses', (_request, response) => response.writeHead(503).end()],
    ['a release without this file', (_request, response) => response.end(`${'0'.repeat(64)}  another.zip\n`)],
    [
      'an archive that stops halfway',
      (request, response) =>
        request.url?.endsWith('checksums.txt')
          ? response.end(`${'0'.repeat(64)}  ${ASSET}\n`)
          : response.writeHead(200, { 'content-length': 1000 }).write('half'),
    ],
  ])('fails over to the build in one line: %s', async (_what, listener) => {
    await fakeGo(builds);
    answer = listener;
    expect((await ensure()).origin).toBe('build');
    expect(told.filter((line) => line.includes('download: '))).toHaveLength(1);
  });

  test('is not tried for a machine without a release', async () => {
    await fakeGo(builds);
    const asked = serve(await releaseArchive());
    expect((await ensure({ arch: 'riscv64' })).origin).toBe('build');
    expect(asked).toEqual([]);
  });

  test('that was killed halfway leaves nothing behind, and the next run heals', async () => {
    const archive = await releaseArchive();
    const sha256 = createHash('sha256').update(archive).digest('hex');
    const started = new Promise<void>((resolve) => {
      answer = (request, response) => {
        if (request.url?.endsWith('checksums.txt')) return void response.end(`${sha256}  ${ASSET}\n`);
        response.writeHead(200, { 'content-length': archive.length }).write(archive.subarray(0, 50));
        resolve();
      };
    });
    const setup = { env: machine.env(), cache: machine.cache, releases, platform: 'linux', arch: 'x64' };
    const script = `import { ensureTemporal } from ${JSON.stringify(join(import.meta.dirname, 'temporal.ts'))};
      await ensureTemporal(() => {}, ${JSON.stringify(setup)});`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    await started;
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('exit', resolve));
    expect(await left()).not.toContain('1.5.1');

    serve(archive);
    expect(await ensure()).toMatchObject({ path: cached(), origin: 'download' });
    expect(await left()).toEqual(['1.5.1']);
  });
});

test('an archive that brings a program which does not run here is not kept', async () => {
  await machine.script(join(machine.root, 'release', 'temporal'), 'exit 1');
  await promisify(execFile)('tar', [
    '-czf',
    join(machine.root, ASSET),
    '-C',
    join(machine.root, 'release'),
    'temporal',
  ]);
  serve(await readFile(join(machine.root, ASSET)));
  await fakeGo(builds);
  expect((await ensure()).origin).toBe('build');
});

test('a build that fails says in the words of go why', async () => {
  await fakeGo('echo "go: no such module" >&2; touch "$GOBIN/half"; exit 1');
  await expect(ensure()).rejects.toThrow(/build: go install failed: go: no such module/);
  expect(await left()).toEqual([]);
});

test('when every way is closed, one message names every remedy', async () => {
  const error: unknown = await ensure({ env: machine.env() }).catch((reason: unknown) => reason);
  const message = error instanceof Error ? error.message : '';
  expect(message).toMatch(/^ONETRACE_SETUP_TEMPORAL: /);
  for (const remedy of [
    'https://docs.temporal.io/cli',
    'brew install temporal',
    'ONETRACE_TEMPORAL=',
    'https://go.dev/doc/install',
  ]) {
    expect(message).toContain(remedy);
  }
  expect(message).toContain('download: cannot download');
  expect(message).toContain('build: Go is not installed');
});

test('the folder of the cache is made where it is missing', async () => {
  await mkdir(machine.cache);
  await writeFile(join(machine.cache, 'note'), '');
  serve(await releaseArchive());
  await ensure();
  expect((await readdir(machine.cache)).sort()).toEqual(['note', 'temporal']);
});

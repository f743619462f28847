import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { npm, npmInstall } from '../compatibility/npm.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
/** Versions that this repository develops with: a user's install takes the same ones. */
const COMPANIONS = ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'];

let folder: string;
let tarballs: { library: string; cli: string };

async function installedVersion(name: string): Promise<string> {
  const text = await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-packages-'));
  await npm(['pack', '--pack-destination', folder, '--workspace', 'nestjs-onetrace', '--workspace', 'onetrace'], ROOT);
  const files = await readdir(folder);
  const find = (start: string): string => join(folder, files.find((file) => file.startsWith(start)) ?? 'missing');
  tarballs = { library: find('nestjs-onetrace-'), cli: find('onetrace-') };
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each([
  ['esm', 'module'],
  ['commonjs', 'commonjs'],
])('an empty %s application', (name, type) => {
  let app: string;

  beforeAll(async () => {
    app = await mkdtemp(join(folder, `${name}-`));
    await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'hello', private: true, type }));
    const companions = await Promise.all(COMPANIONS.map(async (one) => `${one}@${await installedVersion(one)}`));
    const { warnings } = await npmInstall([tarballs.library, tarballs.cli, ...companions], app);
    expect(warnings).toEqual([]);
    await copyFile(join(import.meta.dirname, 'apps', name, 'main.js'), join(app, 'main.js'));
  }, 300_000);

  it('has traces, JSON lines and metrics with one import, and one copy of the library', async () => {
    // The receiver of the spans: what leaves the application counts, not what it says of itself.
    const bodies: { path: string; type: string; bytes: number }[] = [];
    const receiver = createServer((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => {
        bodies.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', bytes });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    try {
      const { stdout } = await run(process.execPath, ['main.js'], {
        cwd: app,
        env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
        timeout: 60_000,
      });
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const answer = lines.find((line) => 'header' in line);
      expect(answer).toEqual({
        header: expect.stringMatching(/^[0-9a-f]{32}$/),
        body: { trace: answer?.['header'] },
        metrics: true,
        oneCopy: true,
        connector: 'function',
        testing: 'function',
      });
      expect(lines.filter((line) => line['trace_id'] === answer?.['header']).map((line) => line['message'])).toEqual([
        'request started',
        'request completed',
      ]);
      expect(bodies).toEqual([{ path: '/v1/traces', type: 'application/x-protobuf', bytes: expect.any(Number) }]);
    } finally {
      receiver.close();
    }
  }, 90_000);

  it('has the command line', async () => {
    const { stdout } = await run(join(app, 'node_modules', '.bin', 'onetrace'), ['--help'], {
      env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` },
    });
    expect(stdout).toContain('show');
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from '@jest/globals';
import { hasEnded } from '../../tools/chain/child-end.ts';
import { freePort } from '../../tools/chain/free-port.ts';

const PROGRAM = fileURLToPath(new URL('delivery.program.ts', import.meta.url));
const LONG_MS = '600000';
let child: ChildProcess | undefined;
let server: Server | undefined;

afterEach(async () => {
  if (child !== undefined && !hasEnded(child)) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  server?.closeAllConnections();
  server?.close();
  child = server = undefined;
});

/** Runs the program to its end; its warnings, by message. */
async function run(how: 'closed' | 'forgotten', env: Record<string, string>): Promise<Record<string, unknown>[]> {
  const started = spawn(process.execPath, ['--no-warnings=ExperimentalWarning', PROGRAM, how], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      SHUTDOWN_TIMEOUT_MS: LONG_MS,
      OTEL_EXPORTER_OTLP_TIMEOUT: LONG_MS,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  const [stdout, stderr, [code]] = await Promise.all([
    text(started.stdout),
    text(started.stderr),
    once(started, 'close') as Promise<[number | null]>,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.filter((line) => line['level'] === 'WARN');
}

it('ends without waiting for its deadline when nobody listens, and says so once', async () => {
  const warnings = await run('closed', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` });
  expect(warnings).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(
        /could not be delivered to http:\/\/127\.0\.0\.1:\d+\/v1\/traces; start a receiver there/,
      ),
      extra: { spans: expect.any(Number), reason: expect.stringContaining('ECONNREFUSED') },
    }),
  ]);
}, 60_000);

it('ends when its deadline has passed behind a receiver that never answers, and says that spans were lost', async () => {
  server = createServer((request) => void request.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const warnings = await run('closed', {
    SHUTDOWN_TIMEOUT_MS: '300',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  expect(warnings).toEqual([
    expect.objectContaining({
      message: expect.stringContaining('the process ended before the receiver had taken them'),
    }),
  ]);
}, 60_000);

it('keeps no process alive that ends without closing its application', async () => {
  const port = await freePort();
  expect(await run('forgotten', { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` })).toEqual([]);
}, 60_000);

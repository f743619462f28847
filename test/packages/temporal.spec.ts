import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTemporal, type TemporalProcess } from '../../tools/chain/temporal.process.ts';
import { ensureTemporal } from '../../tools/setup/temporal.ts';
import { npm, npmInstall } from '../compatibility/npm.ts';
import { type SpanReceiver, startSpanReceiver } from '../temporal/span.receiver.ts';
import { until } from '../temporal/temporal.harness.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const COMPANIONS = ['@nestjs/common', '@nestjs/core', '@types/node', 'reflect-metadata', 'rxjs'];
/** A wrapper of many applications; of the others, nestjs-temporal takes no Nest after 10. It takes Nest 11. */
const WRAPPER = ['nestjs-temporal-core@3.4.0', '@nestjs/common@11', '@nestjs/core@11'];
const SDK = /^node_modules\/@temporalio\//;
/** The oldest that the package's peers allow, and the newest, which this repository develops with. */
const OLDEST = '1.23.0';
const NEWEST = await installedVersion('@temporalio/client');

const SPANS = [
  'CompleteWorkflow:greet',
  'RunActivity:shout',
  'RunActivity:shout',
  'RunWorkflow:greet',
  'StartActivity:shout',
  'StartActivity:shout',
  'StartWorkflow:greet',
  'request',
];

/** Fields of a line that a provider writes with Nest's logger inside an activity. */
const ATTEMPT = { component: 'worker', extra: expect.objectContaining({ context: 'Shouting' }) };

let folder: string;
let tarball: string;
let temporal: TemporalProcess;
let receiver: SpanReceiver;

async function installedVersion(name: string): Promise<string> {
  const text = await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-temporal-packages-'));
  const tool = await ensureTemporal((line) => console.error(line));
  temporal = await startTemporal({ tool, folder, headless: true });
  receiver = await startSpanReceiver();
  await npm(['pack', '--pack-destination', folder, '--workspace', 'nestjs-onetrace'], ROOT);
  tarball = join(folder, (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? 'missing');
}, 120_000);

afterAll(async () => {
  await receiver?.close();
  await temporal?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** An application that has only the named package of Temporal. */
async function installApp(name: string, sdk: string, others: readonly string[] = []): Promise<string> {
  const app = join(folder, `${name}-${sdk.replace(/[^\w.]+/g, '-')}`);
  await mkdir(app);
  await writeFile(join(app, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
  await cp(join(import.meta.dirname, 'apps', name), app, { recursive: true });
  const usual = COMPANIONS.filter((one) => !others.some((other) => other.startsWith(`${one}@`)));
  const companions = await Promise.all(usual.map(async (one) => `${one}@${await installedVersion(one)}`));
  const { warnings } = await npmInstall([tarball, sdk, ...companions, ...others], app);
  expect(warnings).toEqual([]);
  return app;
}

/** What the compiler says, the declarations of the library itself included. */
async function compile(app: string): Promise<string[]> {
  const options = [
    '--noEmit',
    '--allowImportingTsExtensions',
    '--strict',
    '--skipLibCheck',
    'false',
    '--target',
    'es2023',
    '--module',
    'nodenext',
  ];
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  return run(process.execPath, [compiler, ...options, '--types', 'node', 'main.ts'], { cwd: app }).then(
    () => [],
    // The SDK's own declarations lack those of a package (ms).
    (error: { stdout: string }) => error.stdout.split('\n').filter((line) => /^\S/.test(line) && !SDK.test(line)),
  );
}

function jsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function environment(): NodeJS.ProcessEnv {
  // Jest's own loader is not theirs.
  return {
    ...process.env,
    NODE_OPTIONS: '',
    TEMPORAL_ADDRESS: temporal.address,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  };
}

describe.each([
  ['oldest', OLDEST, 'yes'],
  ['newest', NEWEST, 'no'],
])('from the packed library, beside the %s SDK (%s), with a prebuilt bundle: %s', (_which, version, prebuilt) => {
  let clientApp: string;
  let workerApp: string;

  beforeAll(async () => {
    [clientApp, workerApp] = await Promise.all([
      installApp('temporal-client', `@temporalio/client@${version}`),
      installApp('temporal-worker', `@temporalio/worker@${version}`, version === OLDEST ? WRAPPER : []),
    ]);
  }, 300_000);

  it('each side compiles without the other', async () => {
    expect(await readdir(join(clientApp, 'node_modules', '@temporalio'))).toEqual(['client', 'common', 'proto']);
    await expect(Promise.all([compile(clientApp), compile(workerApp)])).resolves.toEqual([[], []]);
  }, 120_000);

  it('the module of workflow code is bundled with settings under the name that is given by hand, of both builds', async () => {
    const { stdout } = await run(process.execPath, ['--no-warnings', 'by-hand.ts'], {
      cwd: workerApp,
      env: environment(),
    });
    const settings = '?runWorkflowSpan=onComplete&continueAsNew=newTrace';
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual(
      ['esm', 'cjs'].map((build) => [`dist/${build}/temporal/workflow/index.js${settings}`]),
    );
  }, 120_000);

  it('the one starts what the other runs: one trace, everything counted once', async () => {
    const worker = fork(join(workerApp, 'main.ts'), {
      cwd: workerApp,
      env: { ...environment(), PREBUILT: prebuilt },
      execArgv: ['--no-warnings'],
      silent: true,
    });
    const output: string[] = [];
    let traced: string | undefined;
    for (const stream of [worker.stdout, worker.stderr]) stream?.on('data', (text) => output.push(String(text)));
    const ended = once(worker, 'exit');
    try {
      const ready = await Promise.race([once(worker, 'message'), ended.then(() => undefined)]);
      if (ready === undefined) throw new Error(output.join(''));
      const { stdout } = await run(process.execPath, ['--no-warnings', 'main.ts'], {
        cwd: clientApp,
        env: environment(),
        timeout: 60_000,
      });
      const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { traceId: string };
      expect(last).toEqual({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/), usable: true, found: 1 });
      traced = last.traceId;
      const spans = await until('the last span', () => {
        const all = receiver.spans.filter(({ traceId }) => traceId === last.traceId);
        return all.length >= 8 ? all : undefined;
      });
      expect(spans.map(({ name }) => name).sort()).toEqual(SPANS);
    } finally {
      if (worker.connected) worker.disconnect();
      await ended;
    }
    // Not counted before the worker's end, when it has sent everything.
    expect(receiver.spans.filter(({ traceId }) => traceId === traced).map(({ name }) => name)).toHaveLength(8);
    const lines = jsonLines(output.join('')).filter(({ trace_id }) => trace_id === traced);
    const inside = lines.filter(({ message }) => message === 'attempt 1');
    expect(inside).toEqual([expect.objectContaining(ATTEMPT), expect.objectContaining(ATTEMPT)]);
  }, 120_000);
});

describe('from the packed library, nestjs-temporal-core', () => {
  it('makes client and worker, and one trace and its lines go through both', async () => {
    const app = join(folder, `temporal-worker--temporalio-worker-${OLDEST}`);
    const options = { cwd: app, env: environment(), timeout: 90_000 };
    const { stdout } = await run(process.execPath, ['--no-warnings', 'wrapper.ts'], options);
    const lines = jsonLines(stdout);
    const inside = lines.filter(({ message }) => message === 'shouting');
    expect(inside).toHaveLength(2);
    const traceId = inside[0]?.['trace_id'];
    const spans = receiver.spans.filter((span) => span.traceId === traceId).map(({ name }) => name);
    expect(spans.sort()).toEqual(SPANS);
    // Those of the SDK and its core too: its connection takes no plugins.
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
  }, 120_000);
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { success, TRACE_ID, WORKFLOW_ID } from '../telemetry/chain.fixture.js';
import { formatLine } from '../lines/line.formatter.js';
import { compileCli, type CompiledCli } from './compiled-cli.fixture.js';
import { startReceiver } from '../receiver/receiver.js';

let folder: string;
let cli: CompiledCli;
let children: ChildProcess[];

/** The command with a home of its own, so that no test reads or writes the user's store. */
function start(...args: string[]): ChildProcess {
  const env = { ...process.env, XDG_STATE_HOME: folder, NO_COLOR: '', FORCE_COLOR: '' };
  const child = spawn(process.execPath, [cli.path, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Starts `onetrace dev` and reads its address from what it prints. */
async function startDev(...args: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = start('dev', '--port', '0', ...args);
  let printed = '';
  for await (const chunk of child.stdout!) {
    printed += String(chunk);
    const url = /http:\S+/.exec(printed)?.[0];
    if (url !== undefined && printed.includes('Ctrl-C')) return { child, url };
  }
  throw new Error(`onetrace dev ended early: ${printed}`);
}

beforeAll(() => {
  cli = compileCli();
}, 120_000);

afterAll(() => cli.remove());

beforeEach(async () => {
  children = [];
  folder = await mkdtemp(join(tmpdir(), 'onetrace-cli-'));
});

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

describe('onetrace show', () => {
  const db = () => join(folder, 'flows.db');

  beforeEach(async () => {
    const receiver = await startReceiver({ port: 0, db: db() });
    const { spans, lines } = success();
    receiver.store.add(spans, lines);
    await receiver.close();
  });

  it.each([TRACE_ID, WORKFLOW_ID])('prints the flow of %s from a store', async (id) => {
    const { code, stdout, stderr } = await finish(start('show', id, '--db', db()));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^OK +POST \/v1\/pipelines\/text-embedding\/runs → 200/);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints all that is known as JSON', async () => {
    const { stdout } = await finish(start('show', TRACE_ID, '--db', db(), '--json'));
    expect(JSON.parse(stdout)).toMatchObject({ traceId: TRACE_ID, complete: true, danglingParents: [] });
  });

  it('exits with 1 and says what to check when there is nothing', async () => {
    const { code, stdout, stderr } = await finish(start('show', 'nothing-here', '--db', db()));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('nothing-here');
    expect(stderr).toContain(db());
    expect(stderr).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  });

  it('waits for a flow that is on its way', async () => {
    const receiver = await startReceiver({ port: 0 });
    try {
      const finished = finish(start('show', TRACE_ID, '--url', receiver.url, '--wait', '20'));
      const { spans, lines } = success();
      await delay(400);
      receiver.store.add(spans.slice(3), lines);
      await delay(400);
      receiver.store.add(spans.slice(0, 3), []);
      const { code, stdout } = await finished;
      expect(code).toBe(0);
      expect(stdout).toMatch(/^OK /);
      expect(stdout).toContain('edge POST');
    } finally {
      await receiver.close();
    }
  });
});

describe('onetrace dev', () => {
  it('keeps what it tails, reads and receives, ends on Ctrl-C, and has it all after a restart', async () => {
    const log = join(folder, 'access.log');
    const { child, url } = await startDev('--tail', log, '--stdin');
    const [first, second] = success().lines.map(formatLine);
    await appendFile(log, `${first}\n`);
    child.stdin?.write(`${second}\n`);
    const lineCount = async () => ((await (await fetch(`${url}/api/health`)).json()) as { lines: number }).lines;
    for (const deadline = Date.now() + 10_000; (await lineCount()) < 2 && Date.now() < deadline;) await delay(50);
    expect(await lineCount()).toBe(2);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    // Nobody listens now: without --url and --db the same store is read.
    const { stdout } = await finish(start('show', TRACE_ID, '--json', '--db', join(folder, 'onetrace', 'onetrace.db')));
    expect((JSON.parse(stdout) as { lines: unknown[] }).lines).toHaveLength(2);
  });

  it('says in one message what to do when its port is taken', async () => {
    const receiver = await startReceiver({ port: 0 });
    try {
      const { code, stderr } = await finish(start('dev', '--port', String(receiver.port)));
      expect(code).toBe(1);
      expect(stderr).toMatch(/^onetrace: 127\.0\.0\.1:\d+ is already in use.*ONETRACE_PORT_BUSY\]\n$/);
    } finally {
      await receiver.close();
    }
  });

  it.each([
    [['dev', '--port', '99999'], /port.*99999.*65535/s],
    [['dev', '--max-bytes', '10'], /at least 1M/],
    [['show', 'x', '--url', 'nonsense'], /Give a URL/],
    [['show', 'x', '--url', 'http://127.0.0.1:1'], /start onetrace dev/],
  ])('refuses %p with a reason', async (args, reason) => {
    const { code, stderr } = await finish(start(...args));
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
  });
});

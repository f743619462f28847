import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { compileCli, type CompiledCli } from './compiled-cli.fixture.js';
import { startReceiver, type Receiver } from '../receiver/receiver.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

let receiver: Receiver;
let cli: CompiledCli;
let children: ChildProcess[];

/** `onetrace run` in front of a program of one line of JavaScript. */
function run(script: string, options: string[] = ['--url', receiver.url]): ChildProcess {
  const child = spawn(
    process.execPath,
    [cli.path, 'run', '--component', 'app', ...options, '--', process.execPath, '-e', script],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  children.push(child);
  return child;
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() };
}

/** A port where nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

beforeAll(() => {
  cli = compileCli();
}, 120_000);

afterAll(() => cli.remove());

beforeEach(async () => {
  children = [];
  receiver = await startReceiver({ port: 0 });
});

afterEach(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await receiver.close();
});

describe('onetrace run', () => {
  it('passes the output through byte for byte, keeps the lines, and exits as the program does', async () => {
    const script = `
      process.stdout.write(Buffer.from([0xff, 0x00, 0x0a]));
      process.stdout.write(JSON.stringify({ level: 'INFO', message: 'json', trace_id: '${TRACE_ID}', component: 'own' }) + '\\r\\n');
      process.stderr.write('Error: boom ${TRACE_ID}\\n');
      process.stdout.write('no newline ${TRACE_ID}');
      process.exitCode = 7;`;
    const { code, stdout, stderr } = await finish(run(script));
    expect(code).toBe(7);
    const json = `{"level":"INFO","message":"json","trace_id":"${TRACE_ID}","component":"own"}\r\n`;
    expect(stdout).toEqual(
      Buffer.concat([Buffer.from([0xff, 0x00, 0x0a]), Buffer.from(`${json}no newline ${TRACE_ID}`)]),
    );
    expect(stderr).toBe(`Error: boom ${TRACE_ID}\n`);
    const lines = receiver.store.linesOf(TRACE_ID).map(({ component, message }) => `${component}: ${message}`);
    expect(lines.sort()).toEqual([`app: Error: boom ${TRACE_ID}`, `app: no newline ${TRACE_ID}`, 'own: json']);
  });

  it('loses no line of a program that talks a lot', async () => {
    const { stdout } = await finish(
      run(`for (let n = 0; n < 20000; n++) console.log(n + ' ${TRACE_ID} ' + 'x'.repeat(50))`),
    );
    expect(stdout.toString().split('\n')).toHaveLength(20_001);
    const lines = receiver.store.linesOf(TRACE_ID).map(({ message }) => Number.parseInt(message, 10));
    expect(lines.sort((a, b) => a - b)).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
  });

  it('passes stdin through', async () => {
    const child = run(`process.stdin.pipe(process.stdout)`);
    child.stdin?.end('ping\n');
    expect((await finish(child)).stdout.toString()).toBe('ping\n');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'passes %s on, and waits for the program to end in its own way',
    async (signal) => {
      const child = run(
        `process.on('${signal}', () => { console.log('bye ${TRACE_ID}'); process.exit(3); }); console.log('ready'); setInterval(() => {}, 1000)`,
      );
      const finished = finish(child);
      await once(child.stdout!, 'data');
      child.kill(signal);
      const { code, stdout } = await finished;
      expect(code).toBe(3);
      expect(stdout.toString()).toBe(`ready\nbye ${TRACE_ID}\n`);
      expect(receiver.store.linesOf(TRACE_ID)).toHaveLength(1);
    },
  );

  it('exits with 128 + n when signal n ended the program', async () => {
    expect((await finish(run(`process.kill(process.pid, 'SIGKILL')`))).code).toBe(137);
  });

  it('exits with 127 when there is no such program', async () => {
    const child = spawn(process.execPath, [cli.path, 'run', '--', 'no-such-program-here']);
    children.push(child);
    const { code, stderr } = await finish(child);
    expect(code).toBe(127);
    expect(stderr).toContain('no-such-program-here');
  });

  it('changes nothing when nobody receives, and does not wait', async () => {
    const startedAt = performance.now();
    const { code, stdout, stderr } = await finish(
      run(`console.log('hello')`, ['--url', `http://127.0.0.1:${await deadPort()}`]),
    );
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 0, stdout: 'hello\n', stderr: '' });
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('gives up on a receiver that takes the lines and never answers', async () => {
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const { code, stdout } = await finish(run(`console.log('hello')`, ['--url', `http://127.0.0.1:${port}`]));
    silent.close();
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'hello\n' });
  });

  it('delivers when the receiver comes later than the program', async () => {
    const port = await deadPort();
    const child = run(`console.log('early ${TRACE_ID}'); process.stdin.resume()`, [
      '--url',
      `http://127.0.0.1:${port}`,
    ]);
    const finished = finish(child);
    await once(child.stdout!, 'data');
    const late = await startReceiver({ port });
    try {
      child.stdin?.end();
      expect((await finished).code).toBe(0);
      expect(late.store.linesOf(TRACE_ID)).toHaveLength(1);
    } finally {
      await late.close();
    }
  });
});

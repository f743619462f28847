import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endChild } from '../chain/child-end.ts';
import { LinePipe } from './line-pipe.ts';
import type { Platform, RequestVariant } from './requests.variants.ts';

/** A server of one variant in a process of its own; its lines are read from a pipe, counted and thrown away. */
export class RequestServer {
  readonly port: number;
  private readonly child: ChildProcess;
  private readonly stdout: LinePipe;

  private constructor(child: ChildProcess, stdout: LinePipe, port: number) {
    this.child = child;
    this.stdout = stdout;
    this.port = port;
  }

  static async start(platform: Platform, variant: RequestVariant, receiver: string): Promise<RequestServer> {
    const stdout = new LinePipe();
    const child = fork(
      join(import.meta.dirname, 'requests.process.ts'),
      [platform, JSON.stringify(variant), receiver],
      { stdio: ['ignore', stdout.writeFd, 'inherit', 'ipc'], execArgv: ['--no-warnings'] },
    );
    stdout.handedOver();
    const { port } = await answerOf<{ readonly port: number }>(child);
    return new RequestServer(child, stdout, port);
  }

  /** Processor time of all its threads since it was started, in microseconds. */
  async processorTime(): Promise<number> {
    const answer = answerOf<{ readonly cpu: NodeJS.CpuUsage }>(this.child);
    this.child.send('cpu');
    const { cpu } = await answer;
    return cpu.user + cpu.system;
  }

  /** Lines that it has written so far, once none is on its way any more. */
  settledLines(): Promise<number> {
    return this.stdout.settledLines();
  }

  async stop(): Promise<void> {
    await endChild(this.child, 1000, 'SIGKILL');
    this.stdout.close();
  }
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const failed = (code: number | null): void => ended.abort(new Error(`the server ended with ${String(code)}`));
  child.once('exit', failed);
  try {
    const [message] = (await once(child, 'message', { signal: ended.signal })) as [T];
    return message;
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.off('exit', failed);
  }
}

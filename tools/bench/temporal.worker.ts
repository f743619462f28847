import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endChild } from '../chain/child-end.ts';
import { LinePipe } from './line-pipe.ts';
import type { TemporalOrder, TemporalReply, TemporalWorkerSettings } from './temporal.orders.ts';

/** A worker of one variant in a process of its own; its lines are read from a pipe, counted and thrown away. */
export class TemporalWorker {
  private readonly child: ChildProcess;
  private readonly stdout: LinePipe;

  private constructor(child: ChildProcess, stdout: LinePipe) {
    this.child = child;
    this.stdout = stdout;
  }

  /** Resolves when it takes tasks. */
  static async start(settings: TemporalWorkerSettings): Promise<TemporalWorker> {
    const stdout = new LinePipe();
    const child = fork(join(import.meta.dirname, 'temporal.process.ts'), [JSON.stringify(settings)], {
      stdio: ['ignore', stdout.writeFd, 'inherit', 'ipc'],
      execArgv: ['--no-warnings'],
      // What this process was told of OpenTelemetry is not meant for them.
      env: Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(OTEL|ONETRACE|NODE_OPTIONS)/.test(name)),
      ),
    });
    stdout.handedOver();
    const worker = new TemporalWorker(child, stdout);
    try {
      await worker.answer();
    } catch (error) {
      await worker.stop();
      throw error;
    }
    return worker;
  }

  /** Gives an order and waits until it is carried out; one at a time. */
  async ask(order: TemporalOrder): Promise<number> {
    const answer = this.answer();
    this.child.send(order);
    return answer;
  }

  /** Lines that it has written so far, once none is on its way any more. */
  settledLines(): Promise<number> {
    return this.stdout.settledLines();
  }

  async stop(): Promise<void> {
    await endChild(this.child, 1000, 'SIGKILL');
    this.stdout.close();
  }

  private async answer(): Promise<number> {
    const ended = new AbortController();
    const failed = (code: number | null): void => ended.abort(new Error(`a worker ended with ${String(code)}`));
    this.child.once('exit', failed);
    try {
      const [{ value, error }] = (await once(this.child, 'message', { signal: ended.signal })) as [TemporalReply];
      if (error !== undefined) throw new Error(error);
      return value ?? 0;
    } catch (error) {
      throw ended.signal.aborted ? ended.signal.reason : error;
    } finally {
      this.child.off('exit', failed);
    }
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endChild } from '../chain/child-end.ts';
import { LinePipe } from './line-pipe.ts';

/** An answer of such a process: to an order, or that it takes them. */
export interface VariantReply {
  readonly error?: string;
}

/**
 * One variant of what is measured, in a process of its own that takes orders; its lines are read from a pipe, counted and
 * thrown away.
 */
export class VariantProcess<Order extends object, Reply extends VariantReply> {
  private readonly child: ChildProcess;
  private readonly stdout = new LinePipe();

  /** @param program file beside this one. */
  constructor(program: string, settings: object, execArgv: readonly string[] = []) {
    this.child = fork(join(import.meta.dirname, program), [JSON.stringify(settings)], {
      stdio: ['ignore', this.stdout.writeFd, 'inherit', 'ipc'],
      execArgv: ['--no-warnings', ...execArgv],
      // What this process was told of OpenTelemetry is not meant for them.
      env: Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(OTEL|ONETRACE|NODE_OPTIONS)/.test(name)),
      ),
    });
    this.stdout.handedOver();
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  /** Resolves with its first word, when it takes orders. */
  async ready(): Promise<Reply> {
    try {
      return await this.answer();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Gives an order and waits until it is carried out; one at a time. */
  async ask(order: Order): Promise<Reply> {
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

  private async answer(): Promise<Reply> {
    const ended = new AbortController();
    const failed = (code: number | null): void => ended.abort(new Error(`a variant ended with ${String(code)}`));
    this.child.once('exit', failed);
    try {
      const [reply] = (await once(this.child, 'message', { signal: ended.signal })) as [Reply];
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply;
    } catch (error) {
      throw ended.signal.aborted ? ended.signal.reason : error;
    } finally {
      this.child.off('exit', failed);
    }
  }
}

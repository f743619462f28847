import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endChild } from '../chain/child-end.ts';
import { LinePipe } from './line-pipe.ts';
import type { ConnectorClientSettings, ConnectorFigures, ConnectorOrder, ConnectorReply } from './connector.orders.ts';

/** A client of one variant in a process of its own; its lines are read from a pipe, counted and thrown away. */
export class ConnectorClient {
  private readonly child: ChildProcess;
  private readonly stdout: LinePipe;

  private constructor(child: ChildProcess, stdout: LinePipe) {
    this.child = child;
    this.stdout = stdout;
  }

  /** Resolves when it takes orders. */
  static async start(settings: ConnectorClientSettings): Promise<ConnectorClient> {
    const stdout = new LinePipe();
    const child = fork(join(import.meta.dirname, 'connector.process.ts'), [JSON.stringify(settings)], {
      stdio: ['ignore', stdout.writeFd, 'inherit', 'ipc'],
      execArgv: ['--no-warnings', '--expose-gc'],
      // What this process was told of OpenTelemetry is not meant for them.
      env: Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(OTEL|ONETRACE|NODE_OPTIONS)/.test(name)),
      ),
    });
    stdout.handedOver();
    const client = new ConnectorClient(child, stdout);
    try {
      await client.answer();
    } catch (error) {
      await client.stop();
      throw error;
    }
    return client;
  }

  /** Gives an order and waits until it is carried out; one at a time. */
  async ask(order: ConnectorOrder): Promise<ConnectorFigures> {
    const answer = this.answer();
    this.child.send(order);
    const { figures } = await answer;
    if (figures === undefined) throw new Error('a client answered without figures');
    return figures;
  }

  /** Lines that it has written so far, once none is on its way any more. */
  settledLines(): Promise<number> {
    return this.stdout.settledLines();
  }

  async stop(): Promise<void> {
    await endChild(this.child, 1000, 'SIGKILL');
    this.stdout.close();
  }

  private async answer(): Promise<ConnectorReply> {
    const ended = new AbortController();
    const failed = (code: number | null): void => ended.abort(new Error(`a client ended with ${String(code)}`));
    this.child.once('exit', failed);
    try {
      const [reply] = (await once(this.child, 'message', { signal: ended.signal })) as [ConnectorReply];
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply;
    } catch (error) {
      throw ended.signal.aborted ? ended.signal.reason : error;
    } finally {
      this.child.off('exit', failed);
    }
  }
}

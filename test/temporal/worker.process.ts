import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Order, Reply } from './worker.orders.ts';

type WithoutId<T> = T extends { id: number } ? Omit<T, 'id'> : never;

/** A line of the worker process's standard output. */
export type Line = Record<string, unknown> & { message: string };

/** The worker process as the specs see it. */
export interface WorkerProcess {
  /** Sends an order and waits until it is carried out. */
  tell(order: WithoutId<Order>): Promise<unknown>;
  /** JSON lines so far. */
  lines: Line[];
  /** What was no JSON line. */
  noise: string[];
  /** Resolves when it has ended, whatever ended it. */
  ended: Promise<void>;
  /** Ends it as a crash does: nothing is flushed, no handler runs. */
  kill(): Promise<void>;
  /** Flushes and ends it; idempotent. */
  stop(): Promise<void>;
}

const STOP_MS = 20_000;

/** Starts `worker.program.ts` under this Node. */
export async function startWorkerProcess(env: Record<string, string>): Promise<WorkerProcess> {
  const child = fork(fileURLToPath(new URL('worker.program.ts', import.meta.url)), {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    execArgv: ['--no-warnings'],
    silent: true,
  });
  const lines: Line[] = [];
  const noise: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (text) => {
      try {
        lines.push(JSON.parse(text) as Line);
      } catch {
        noise.push(text);
      }
    });
  }
  let nextId = 1;
  const waiting = new Map<number, (reply: Reply) => void>();
  child.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));
  const exited = once(child, 'close').then(() => {
    for (const settle of waiting.values()) settle({ id: -1, error: `the worker process ended: ${noise.join('\n')}` });
  });
  const reply = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
    });
  const tell = (order: WithoutId<Order>): Promise<unknown> => {
    const id = nextId++;
    const answer = reply(id);
    child.send({ ...order, id });
    return answer;
  };
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return exited;
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      if (child.connected) await tell({ do: 'quit' }).catch(() => child.kill('SIGKILL'));
      await exited;
      clearTimeout(timer);
    })());
  try {
    await reply(0);
  } catch (error) {
    await stop();
    throw error;
  }
  return { tell, lines, noise, ended: exited, kill, stop };
}

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { carriedOut, type ResultReply } from '../programs/carried-out.ts';
import { linesOf } from '../programs/json-lines.ts';
import { takingOrders } from '../programs/ordered.program.ts';
import type { Order } from './worker.orders.ts';

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

/** Starts `worker.program.ts` under this Node. */
export async function startWorkerProcess(env: Record<string, string>): Promise<WorkerProcess> {
  const child = fork(fileURLToPath(new URL('worker.program.ts', import.meta.url)), {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    execArgv: ['--no-warnings'],
    silent: true,
  });
  const { lines, noise } = linesOf<Line>(child);
  const { tell, ended, kill, stop } = await takingOrders<WithoutId<Order>, ResultReply>({
    child,
    name: 'the worker process',
    said: noise,
    send: (order) => void child.send(order),
    listen: (hear) => child.on('message', hear),
    quit: async (order) => {
      if (child.connected) await carriedOut(order({ do: 'quit' })).catch(() => child.kill('SIGKILL'));
    },
  });
  return { tell: (order) => carriedOut(tell(order)), lines, noise, ended, kill, stop };
}

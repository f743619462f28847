import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ensureLanguageWorker, type Language } from '../../../tools/setup/language-workers.ts';
import type { Reply } from '../worker.orders.ts';

/** A flow that the client of the other language begins: the workflow `tour`, with signal, query and update. */
export interface ForeignOrder {
  taskQueue: string;
  workflowId: string;
  /** Value of the header of that name around the flow. */
  baggage: string;
  tracestate: string;
  sampled: boolean;
}

/** What came of it. */
export interface ForeignFlow {
  traceId: string;
  result: unknown;
}

/** A worker and a client in another language, in a process of their own; the task queue is named as the language. */
export interface ForeignProcess {
  begin(order: ForeignOrder): Promise<ForeignFlow>;
  /** What it said on standard error. */
  said: string[];
  /** Lets it flush and end; idempotent. */
  stop(): Promise<void>;
}

const STOP_MS = 20_000;

/** Starts the worker of a language, after the set-up of what it needs. */
export async function startForeignProcess(language: Language, env: Record<string, string>): Promise<ForeignProcess> {
  const { command, args } = await ensureLanguageWorker(language, (line) => console.error(line));
  const child = spawn(command, args, {
    // Python keeps compiled files beside its sources otherwise; spans leave every 50 ms.
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', OTEL_BSP_SCHEDULE_DELAY: '50', ...env },
    stdio: 'pipe',
  });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const waiting = new Map<number, (reply: Reply) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const reply = JSON.parse(line) as Reply;
    waiting.get(reply.id)?.(reply);
  });
  child.stdin.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => said.push(error.message));
    child.on('close', () => resolve());
  }).then(() => {
    for (const settle of waiting.values())
      settle({ id: -1, error: `the ${language} worker ended: ${said.join('\n')}` });
  });
  const reply = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
    });
  let nextId = 1;
  const begin = async (order: ForeignOrder): Promise<ForeignFlow> => {
    const id = nextId++;
    const answer = reply(id);
    child.stdin.write(`${JSON.stringify({ id, ...order })}\n`);
    return (await answer) as ForeignFlow;
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.stdin.end();
      await ended;
      clearTimeout(timer);
    })());
  try {
    await reply(0);
  } catch (error) {
    await stop();
    throw error;
  }
  return { begin, said, stop };
}

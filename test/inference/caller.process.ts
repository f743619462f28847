import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CallOrder, CallReply } from './caller.orders.ts';

/** The calling application as the specs see it. */
export interface Caller {
  /** Has it call a method of its connector. */
  call(method: string, ...args: readonly unknown[]): Promise<CallReply>;
  /** The same, with more to say about the call. */
  order(order: Omit<CallOrder, 'id'>): Promise<CallReply>;
  /** JSON lines that it wrote. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Flushes and ends it; idempotent. */
  stop(): Promise<void>;
}

const STOP_MS = 10_000;

/** Starts `caller.program.ts` under this Node and resolves when it takes orders. */
export async function startCaller(env: {
  readonly PROTOCOL: 'openai' | 'kserve';
  readonly MODEL_SERVER_URL: string;
  readonly OTLP_URL: string;
  /** Address of a module whose `methodsOf` makes of the connector what is called. */
  readonly CLIENTS?: string;
}): Promise<Caller> {
  const child = fork(fileURLToPath(new URL('caller.program.ts', import.meta.url)), {
    // Spans leave every 50 ms.
    env: { ...process.env, NODE_OPTIONS: '', OTEL_BSP_SCHEDULE_DELAY: '50', ...env },
    execArgv: ['--no-warnings'],
    silent: true,
    // Typed arrays go over as what they are.
    serialization: 'advanced',
  });
  const lines: Record<string, unknown>[] = [];
  const noise: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (text) => {
      if (text.startsWith('{')) lines.push(JSON.parse(text) as Record<string, unknown>);
      else noise.push(text);
    });
  }
  const ended = once(child, 'close');
  const waiting = new Map<number, (reply: CallReply) => void>();
  child.on('message', (reply: CallReply) => waiting.get(reply.id)?.(reply));
  const replyTo = (id: number): Promise<CallReply> =>
    new Promise((resolve, reject) => {
      waiting.set(id, resolve);
      void ended.then(() => reject(new Error(`the calling application ended: ${noise.join('\n')}`)));
    });
  let nextId = 1;
  const order = (what: Omit<CallOrder, 'id'>): Promise<CallReply> => {
    const id = nextId++;
    const reply = replyTo(id);
    child.send({ id, ...what });
    return reply;
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    })());
  try {
    await replyTo(0);
  } catch (error) {
    await stop();
    throw error;
  }
  return { call: (method, ...args) => order({ method, args }), order, lines, stop };
}

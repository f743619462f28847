import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { linesOf } from '../programs/json-lines.ts';
import { takingOrders } from '../programs/ordered.program.ts';
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
  const { lines, noise } = linesOf<Readonly<Record<string, unknown>>>(child);
  const { tell, stop } = await takingOrders<Omit<CallOrder, 'id'>, CallReply>({
    child,
    name: 'the calling application',
    said: noise,
    send: (order) => void child.send(order),
    listen: (hear) => child.on('message', hear),
    quit: () => child.kill('SIGTERM'),
  });
  return { call: (method, ...args) => tell({ method, args }), order: tell, lines, stop };
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ensureLanguageWorker, type Language } from '../../../tools/setup/language-workers.ts';
import { carriedOut, type ResultReply } from '../../programs/carried-out.ts';
import { takingOrders } from '../../programs/ordered.program.ts';

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
  child.stdin.on('error', () => {});
  const { tell, stop } = await takingOrders<ForeignOrder, ResultReply>({
    child,
    name: `the ${language} worker`,
    said,
    send: (order) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    listen: (hear) =>
      createInterface({ input: child.stdout }).on('line', (line) => hear(JSON.parse(line) as ResultReply)),
    quit: () => child.stdin.end(),
  });
  return { begin: async (order) => (await carriedOut(tell(order))) as ForeignFlow, said, stop };
}

import { lineLevels } from './line-levels.js';

interface WorkerOptions {
  readonly levels?: Readonly<Record<string, number>>;
}

// It has no declarations.
const PINO_WORKER: string = 'pino/lib/worker.js';

/** What pino runs in the thread of a transport with several targets, but it knows the levels of our lines too. */
export default async function build(options: WorkerOptions): Promise<unknown> {
  const { default: original } = (await import(PINO_WORKER)) as { default: (options: WorkerOptions) => unknown };
  return original({ ...options, levels: lineLevels(options.levels) });
}

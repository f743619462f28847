import type { DestinationStream } from 'pino';
import { LineOutput } from './line-output.js';

const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
const PATIENCE_MS = 1000;

// One for every copy of the library in the process: two queues before one pipe would tear each other's lines.
const OUTPUT_KEY = Symbol.for('onetrace.logging.standard-output');
const shared = globalThis as { [OUTPUT_KEY]?: LineOutput };

/** The process's stdout as a destination that blocks nobody. Something that has taken `process.stdout.write` over gets the lines. */
export function standardOutput(): DestinationStream {
  // Reading `process.stdout` also makes a pipe non-blocking, as it is in every program that has used `console.log`.
  const stdout = process.stdout;
  const isTakenOver = stdout.write !== (Object.getPrototypeOf(stdout) as NodeJS.WriteStream).write;
  if (isTakenOver) return { write: (line) => void (line !== '' && stdout.write(line)) };
  return (shared[OUTPUT_KEY] ??= openOutput(stdout));
}

/** The process dies: what it says now is not dropped for want of room. */
export function expectLastWords(): void {
  shared[OUTPUT_KEY]?.acceptAll();
}

function openOutput(stdout: NodeJS.WriteStream): LineOutput {
  // In a worker thread there is no descriptor of its own.
  const output = new LineOutput({
    fd: (stdout as { fd?: number }).fd ?? 1,
    maxQueuedBytes: MAX_QUEUED_BYTES,
    patienceMs: PATIENCE_MS,
  });
  process.on('exit', () => output.finish());
  return output;
}

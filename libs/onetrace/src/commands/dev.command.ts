import { once } from 'node:events';
import { LineSplitter } from '../lines/line.splitter.js';
import { parseLine } from '../lines/line.parser.js';
import { startReceiver, type Receiver } from '../receiver/receiver.js';
import { defaultStorePath } from '../store/store.location.js';

const GATHER_MS = 100;

/** Options of `onetrace dev`. */
export interface DevOptions {
  port: number;
  host: string;
  tail?: string[];
  db?: string;
  maxBytes: number;
  stdin?: boolean;
}

/** Receives until it is told to stop (Ctrl-C, SIGTERM). */
export async function devCommand(options: DevOptions): Promise<void> {
  const db = options.db ?? defaultStorePath();
  const { port, host, tail = [], maxBytes } = options;
  const receiver = await startReceiver({ port, host, db, tail, maxBytes });
  process.stdout.write(banner(receiver, db, tail, options.stdin === true));
  const stopReading = options.stdin === true ? readStdin(receiver) : (): void => undefined;
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')]);
  stopReading();
  await receiver.close();
}

function banner(receiver: Receiver, db: string, tail: readonly string[], stdin: boolean): string {
  const { spans, lines } = receiver.store.size();
  const sources = [...tail, ...(stdin ? ['stdin'] : [])];
  return [
    `Onetrace listens on ${receiver.url}`,
    `  spans   OTLP/HTTP, where OpenTelemetry sends by default${receiver.port === 4318 ? '' : `: OTEL_EXPORTER_OTLP_ENDPOINT=${receiver.url}`}`,
    `  lines   onetrace run -- your program${sources.length === 0 ? '' : `; reads ${sources.join(', ')}`}`,
    `  store   ${db} (${spans} spans, ${lines} lines)`,
    `  find    onetrace show <trace ID, request ID or workflow ID>`,
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

/** Lines are gathered for a moment, so that a fast source does not cost one transaction a line. */
function readStdin(receiver: Receiver): () => void {
  let waiting: string[] = [];
  const flush = (): void => {
    const timeMs = Date.now();
    const lines = waiting.flatMap((line) => parseLine(line, { timeMs, component: 'stdin' }) ?? []);
    waiting = [];
    try {
      receiver.store.add([], lines);
    } catch (error) {
      process.stderr.write(
        `onetrace dev: ${lines.length} lines of stdin were not stored: ${(error as Error).message}\n`,
      );
    }
  };
  const splitter = new LineSplitter((line) => waiting.push(line));
  const timer = setInterval(flush, GATHER_MS);
  process.stdin.on('data', (chunk: Buffer) => splitter.write(chunk));
  process.stdin.once('end', () => splitter.end());
  return () => {
    clearInterval(timer);
    process.stdin.destroy();
    splitter.end();
    flush();
  };
}

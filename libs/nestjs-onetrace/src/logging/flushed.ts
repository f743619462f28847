import { type DestinationStream, type Logger, symbols } from 'pino';
import { isMultistream } from './multistream.js';

/** A destination as far as it can be asked to write out what it has. */
export interface FlushableStream extends DestinationStream {
  write(line: string, done?: () => void): void;
  flush?(done?: (error?: Error) => void): void;
  flushSync?(): void;
  once?(event: 'drain', listener: () => void): unknown;
  readonly writableLength?: number;
  readonly sync?: boolean;
}

/** How long somebody waits for a destination that does not say that it has written everything. */
const LONGEST_FLUSH_MS = 2000;

// pino names it only at run time.
const { streamSym } = symbols as unknown as Record<'streamSym', symbol>;

/** Resolves when a destination has written what it was given, or does not seem to; never rejects. */
export async function flushed(destination: object): Promise<void> {
  await answered((done) => {
    const stream = destination as Partial<FlushableStream>;
    if (typeof stream.flush === 'function') stream.flush(done);
    else done();
  });
}

/** The same for loggers of the application's, whatever they write to. */
export async function loggersFlushed(loggers: readonly Logger[]): Promise<void> {
  // A logger of another copy of pino keeps its stream elsewhere.
  const streams = loggers.flatMap((logger) => (logger as unknown as Record<symbol, FlushableStream>)[streamSym] ?? []);
  await Promise.all([...new Set(streams)].map((stream) => writtenOut(stream)));
}

/** Waits for a stream of the application's, of whatever kind. */
export async function writtenOut(stream: FlushableStream): Promise<void> {
  if (isMultistream(stream)) {
    await Promise.all(stream.streams.map((entry) => writtenOut(entry.stream)));
    return;
  }
  await flushed(stream);
  if (typeof stream.writableLength === 'number') {
    // A writable stream calls back in the order of what it was given.
    if (stream.writableLength > 0) await answered((done) => stream.write('', done));
  } else if (stream.sync === false && typeof stream.once === 'function') {
    // `flush` of pino's asynchronous destination answers before it has written; its next drain does not.
    await answered((done) => {
      stream.once?.('drain', done);
      stream.write('');
    });
  }
}

/** Waits for an answer, at most two seconds; never rejects. */
export function answered(ask: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(resolve, LONGEST_FLUSH_MS);
    const done = (): void => {
      clearTimeout(deadline);
      resolve();
    };
    try {
      ask(done);
    } catch {
      done();
    }
  });
}

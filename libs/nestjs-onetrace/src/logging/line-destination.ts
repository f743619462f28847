import { styleText } from 'node:util';
import { type DestinationStream, type Level, multistream, type StreamEntry } from 'pino';
import { countDroppedLines } from '../context/index.js';
import { type FlushableStream, flushed, writtenOut } from './flushed.js';
import { METADATA } from './multistream.js';
import { withReadableLevels } from './numeric-levels.js';
import { prettyLine } from './pretty-line.js';
import { standardOutput } from './standard-output.js';

/** One of several destinations of the lines. */
export interface LineDestination {
  /** A pino destination, transport or writable stream, or the process's stdout. */
  readonly stream: DestinationStream | 'stdout';
  /** Least severe level that goes there. Default: whatever the logger lets through. */
  readonly level?: Level;
}

/** Where lines go, and how those on stdout look. */
export interface DestinationSettings {
  /** `undefined` for stdout. */
  readonly destination: DestinationStream | readonly LineDestination[] | undefined;
  /** Whether stdout gets lines for people instead of JSON; not unless given. */
  readonly pretty?: boolean;
}

/** Bytes that may wait in a writable stream of the application's that is slower than the lines. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** The one stream that the logger writes to. */
export function openDestination(settings: DestinationSettings): DestinationStream {
  const { destination, pretty = false } = settings;
  const stdout = (): DestinationStream => (pretty ? prettyOutput() : standardOutput());
  if (destination === undefined) return stdout();
  if (!isList(destination)) return guarded(withReadableLevels(destination));
  const entries = destination.map(({ stream, level = 'trace' }): StreamEntry => ({
    stream: stream === 'stdout' ? stdout() : guarded(withReadableLevels(stream)),
    level,
  }));
  return Object.assign(multistream(entries), {
    flush: (done?: () => void) => void Promise.all(entries.map(({ stream }) => flushed(stream))).then(() => done?.()),
  });
}

function isList(
  destination: NonNullable<DestinationSettings['destination']>,
): destination is readonly LineDestination[] {
  return Array.isArray(destination);
}

function prettyOutput(): DestinationStream {
  const output = standardOutput() as FlushableStream;
  // Node's own decision, which obeys FORCE_COLOR also where stdout is a pipe.
  const colours = styleText('red', '.', { stream: process.stdout }) !== '.';
  return {
    write: (line) => output.write(line === '' ? '' : prettyLine(line, colours)),
    flush: (done?: () => void) => void flushed(output).then(() => done?.()),
  } as FlushableStream;
}

/** A destination of the application's: one that throws, or is too slow, loses lines and nothing else. */
function guarded(stream: FlushableStream): DestinationStream {
  // It wants to know each line's level; pino sets that on the stream itself.
  if ((stream as { [METADATA]?: unknown })[METADATA] === true) return stream;
  return {
    write(line: string): void {
      if (line === '') return;
      try {
        if ((stream.writableLength ?? 0) > MAX_WAITING_BYTES) countDroppedLines(1, 'queue_full');
        else stream.write(line);
      } catch {
        countDroppedLines(1, 'failure');
      }
    },
    flush: (done?: () => void) => void writtenOut(stream).then(() => done?.()),
    flushSync: () => stream.flushSync?.(),
  } as FlushableStream;
}

import type { DestinationStream } from 'pino';
import { noticeOnce } from '../tracing/index.js';
import { levelNumber } from './line-levels.js';
import { isMultistream, METADATA } from './multistream.js';
import { noteTransport } from './running-transports.js';
import { isTransport, NAMES_LEVELS, needsNumbers, noteKnowsLevels } from './transport-traits.js';

interface LevelledStream extends DestinationStream {
  readonly lastLevel?: number;
}

const LEVEL = /^(\{"timestamp":"[^"]*","level":)"([A-Z]+)"/;

let isUsed = false;

/**
 * A stream that gives a transport which looks for pino's numeric level just that: it would drop every line without a
 * word. Streams of every other kind come back as they are, and so does a multistream, with what it writes to.
 */
export function withReadableLevels(stream: DestinationStream): DestinationStream {
  if (isMultistream(stream)) {
    for (const entry of stream.streams) entry.stream = withReadableLevels(entry.stream);
    return stream;
  }
  if (isTransport(stream)) noteTransport(stream);
  if (!needsNumbers(stream)) return stream;
  isUsed = true;
  const numbered = Object.create(stream, {
    [METADATA]: { value: true },
    write: {
      value(this: LevelledStream, line: string): void {
        if (line !== '') stream.write(numericLevel(line, this.lastLevel));
      },
    },
  }) as DestinationStream;
  return noteKnowsLevels(numbered);
}

/** Says once where lines have a number for their level, and how to have them as documented. */
export function tellNumericLevels(): void {
  if (!isUsed) return;
  noticeOnce(
    'numeric-levels',
    NAMES_LEVELS
      ? 'a pino transport with several targets, or with a level for one, finds lines by a numeric level, and gets "level":30 instead of "level":"INFO"; build it with lineTransport() of nestjs-onetrace instead of pino.transport() or options, and it gets the lines as they are documented'
      : 'transports of this pino may find lines by a numeric level only, and get "level":30 instead of "level":"INFO"; with pino 10.4 or newer, and lineTransport() of nestjs-onetrace for several targets, they get the lines as they are documented',
  );
}

function numericLevel(line: string, level: number | undefined): string {
  return line.replace(LEVEL, (all, top: string, name: string) => {
    const number = level ?? levelNumber(name);
    return number === undefined ? all : `${top}${number}`;
  });
}

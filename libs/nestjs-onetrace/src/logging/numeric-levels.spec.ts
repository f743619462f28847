import { afterEach, expect, it } from '@jest/globals';
import { type DestinationStream, multistream, pino, symbols } from 'pino';
import { setNoticeSink } from '../tracing/index.js';
import { tellNumericLevels, withReadableLevels } from './numeric-levels.js';
import { adoptPino } from './plain-pino.js';
import { createRootLogger } from './root-logger.js';

const { transportUsesMultistreamSym: MANY_TARGETS, streamSym } = symbols as unknown as Record<string, symbol>;

interface Line {
  readonly level: unknown;
  readonly message?: string;
}

/** Stands for a transport with several targets, without its thread. */
function transportInto(lines: Line[]): DestinationStream {
  const write = (text: string): void => void lines.push(JSON.parse(text) as Line);
  return { write, [MANY_TARGETS as symbol]: true };
}
const levels = (lines: readonly Line[]): unknown[] => lines.map(({ level }) => level);

afterEach(() => setNoticeSink(() => undefined));

// The first test of this file: it is said once a process.
it('says once how such a transport gets the lines as they are documented', () => {
  const notices: string[] = [];
  setNoticeSink((message) => void notices.push(message));
  tellNumericLevels();
  expect(notices).toEqual([]);
  adoptPino(pino({}, transportInto([])));
  adoptPino(pino({}, transportInto([])));
  tellNumericLevels();
  expect(notices).toEqual([expect.stringContaining('lineTransport() of nestjs-onetrace')]);
});

it('gives a transport that looks for numbers the number of each line, whoever hands it over', () => {
  const [destination, entry, adopted, many]: [Line[], Line[], Line[], Line[]] = [[], [], [], []];
  const loggers = [
    createRootLogger({ component: 'gateway', level: 'trace', destination: transportInto(destination) }),
    createRootLogger({ component: 'gateway', level: 'trace', destination: [{ stream: transportInto(entry) }] }),
    adoptPino(pino({ level: 'trace' }, transportInto(adopted))),
    adoptPino(pino({ level: 'trace' }, multistream([{ level: 'trace', stream: transportInto(many) }]))),
  ];
  for (const logger of loggers) {
    logger.trace('"level":"INFO"');
    logger.child({}).info('%s', '{"timestamp":"","level":"INFO"');
  }
  for (const lines of [destination, entry, adopted, many]) expect(levels(lines)).toEqual([10, 30]);
});

it("tells a transport the application's own levels as they are", () => {
  const lines: Line[] = [];
  const logger = adoptPino(pino({ customLevels: { notice: 35 } }, transportInto(lines)));
  logger.notice('a notice');
  expect(levels(lines)).toEqual([35]);
});

it('leaves every other stream, and what it has numbered already, as it is', () => {
  const stream = { write: () => undefined };
  expect(withReadableLevels(stream)).toBe(stream);
  const numbered = withReadableLevels(transportInto([]));
  expect(withReadableLevels(numbered)).toBe(numbered);
  const logger = pino({}, transportInto([]));
  const [first, second] = [1, 2].map(
    () => (adoptPino(logger) as unknown as Readonly<Record<symbol, unknown>>)[streamSym as symbol],
  );
  expect(second).toBe(first);
});

it('writes lines that are not of the schema unchanged', () => {
  const written: string[] = [];
  const stream = { write: (text: string) => void written.push(text), [MANY_TARGETS as symbol]: true };
  withReadableLevels(stream).write('{"level":30,"msg":"one"}\n');
  withReadableLevels(stream).write('{"timestamp":"2026-01-01T00:00:00.000Z","level":"WARN","message":"two"}\n');
  expect(written).toEqual([
    '{"level":30,"msg":"one"}\n',
    '{"timestamp":"2026-01-01T00:00:00.000Z","level":40,"message":"two"}\n',
  ]);
});

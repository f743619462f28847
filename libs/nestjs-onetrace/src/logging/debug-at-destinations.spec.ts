import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger as NestLogger } from '@nestjs/common';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { pino } from 'pino';
import { runWithIdentity } from '../context/index.js';
import type { DestinationSettings, LineDestination } from './line-destination.js';
import { NestLineLogger } from './nest-line-logger.js';
import { adoptPino } from './plain-pino.js';
import { createRootLogger } from './root-logger.js';

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());
afterEach(() => void jest.restoreAllMocks());

const debugged = (fn: () => void): void => runWithIdentity({ logLevel: 'debug' }, fn);
const into = (lines: string[]) => ({
  write: (text: string) => void lines.push((JSON.parse(text) as { message: string }).message),
});
const infoLogger = (settings: DestinationSettings) =>
  createRootLogger({ component: 'gateway', level: 'info', ...settings });

describe('a debug line of a flow that asks for it', () => {
  it('reaches every destination but those whose own level is above', () => {
    const [open, verbose, quiet]: [string[], string[], string[]] = [[], [], []];
    const destination: LineDestination[] = [
      { stream: into(quiet), level: 'info' },
      { stream: into(open) },
      { stream: into(verbose), level: 'trace' },
    ];
    const root = infoLogger({ destination });
    const child = root.child({ shard: 1 });
    child.debug('of another flow');
    debugged(() => {
      child.debug('debug');
      child.info('info');
      child.trace('trace');
    });
    expect({ open, verbose, quiet }).toEqual({
      open: ['debug', 'info'],
      verbose: ['debug', 'info'],
      quiet: ['info'],
    });
  });

  it('goes by the level of its destination also after the logger was given another', () => {
    const [open, quiet]: [string[], string[]] = [[], []];
    const root = infoLogger({ destination: [{ stream: into(open) }, { stream: into(quiet), level: 'warn' }] });
    root.level = 'error';
    debugged(() => {
      root.debug('debug');
      root.warn('warn');
    });
    root.warn('of another flow');
    expect({ open, quiet }).toEqual({ open: ['debug', 'warn'], quiet: ['warn'] });
  });

  it('is a row for people where stdout is for people', () => {
    const rows: string[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((row) => rows.push(String(row)) > 0);
    const lines: string[] = [];
    const root = infoLogger({ pretty: true, destination: [{ stream: 'stdout' }, { stream: into(lines) }] });
    debugged(() => root.debug({ items: 3 }, 'opened'));
    root.debug('of another flow');
    expect(lines).toEqual(['opened']);
    expect(rows).toEqual([expect.stringMatching(/ DEBUG gateway opened items=3\n$/)]);
  });

  it("is written by the application's own pino logger, with its level and destination", () => {
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, into(lines));
    const child = logger.child({});
    adoptPino(logger);
    debugged(() => child.debug('debug'));
    child.info('of another flow');
    expect(lines).toEqual(['debug']);
    expect(logger.level).toBe('warn');
  });
});

describe('a child with a level of its own, made before its parent was adopted', () => {
  const family = (lines: string[]) => {
    const parent = pino({ level: 'info' }, into(lines));
    return { parent, quiet: parent.child({}, { level: 'warn' }) };
  };

  it('opens for debugged flows when it is adopted too, once, and keeps its level', () => {
    const lines: string[] = [];
    const { parent, quiet } = family(lines);
    adoptPino(parent);
    adoptPino(quiet);
    adoptPino(quiet);
    debugged(() => quiet.debug('debug'));
    quiet.info('of another flow');
    expect(lines).toEqual(['debug']);
    expect(quiet.level).toBe('warn');
  });

  it('opens when it is adopted alone, its parent and its siblings do not', () => {
    const lines: string[] = [];
    const { parent, quiet } = family(lines);
    adoptPino(quiet);
    debugged(() => {
      parent.debug("the parent's");
      quiet.debug('debug');
    });
    expect(lines).toEqual(['debug']);
  });
});

describe("Nest's Logger with levels of its own", () => {
  const nest = NestLogger as unknown as { logLevels?: readonly string[] | undefined };
  const before = nest.logLevels;
  afterEach(() => {
    nest.logLevels = before;
  });

  it.each([
    { chosen: ['error'], written: ['debug', 'info'] },
    { chosen: [], written: [] },
  ])('writes what a flow asks for when $chosen are chosen: $written', ({ chosen, written }) => {
    nest.logLevels = chosen;
    const lines: string[] = [];
    const root = infoLogger({ destination: into(lines) });
    const logger = new NestLineLogger(() => root);
    logger.debug('of another flow');
    logger.log('of another flow');
    debugged(() => {
      logger.verbose('trace');
      logger.debug('debug');
      logger.log('info');
    });
    expect(lines).toEqual(written);
  });
});

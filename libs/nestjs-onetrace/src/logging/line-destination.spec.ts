import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { droppedLines } from '../context/index.js';
import { flushed } from './flushed.js';
import { type LineDestination, openDestination } from './line-destination.js';
import { createRootLogger } from './root-logger.js';

const into = (lines: string[]) => ({
  write: (text: string) => void lines.push((JSON.parse(text) as { message: string }).message),
});

describe('several destinations', () => {
  it('get what their level lets through, and one that fails costs the others nothing', () => {
    const [all, bad]: [string[], string[]] = [[], []];
    const failing = {
      write(): void {
        throw new Error('broken');
      },
    };
    const before = droppedLines().get('failure') ?? 0;
    const destination: LineDestination[] = [
      { stream: failing },
      { stream: into(bad), level: 'error' },
      { stream: into(all) },
    ];
    const root = createRootLogger({ component: 'gateway', level: 'debug', destination });
    root.debug('fine');
    root.child({ a: 1 }).error('broken');
    expect(all).toEqual(['fine', 'broken']);
    expect(bad).toEqual(['broken']);
    expect(droppedLines().get('failure')).toBe(before + 2);
  });

  it('are all flushed; one that never answers holds nobody up for long', async () => {
    const flushes: string[] = [];
    const answering = { write: () => undefined, flush: (done: () => void) => (flushes.push('answered'), done()) };
    const silent = { write: () => undefined, flush: () => void flushes.push('silent') };
    await flushed(openDestination({ destination: [{ stream: answering }, { stream: silent }] }));
    expect(flushes).toEqual(['answered', 'silent']);
  });
});

it('drops and counts lines for a stream that does not keep up, instead of keeping them in memory', async () => {
  let bytes = 0;
  const slow = new Writable({
    write(chunk: Buffer, _encoding, done): void {
      bytes += chunk.length;
      setTimeout(done, 1);
    },
  });
  const before = droppedLines().get('queue_full') ?? 0;
  const root = createRootLogger({ component: 'gateway', level: 'info', destination: slow });
  for (let line = 0; line < 10_000; line += 1) root.info({ blob: 'x'.repeat(1000) }, 'much');
  expect(slow.writableLength).toBeLessThan(5_000_000);
  expect((droppedLines().get('queue_full') ?? 0) - before).toBeGreaterThan(5000);
  await sleep(5);
  expect(bytes).toBeGreaterThan(0);
  slow.destroy();
});

import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { droppedLines } from '../context/index.js';
import { LineOutput } from './line-output.js';
import { setLineMayWait } from './line-urgency.js';

const FULL = '/dev/full';
const PIPE_BYTES = 64 * 1024;
let folder: string;
let path: string;
const open = new Set<number>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onetrace-output-'));
  path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
});
afterEach(() => {
  for (const fd of open) closeSync(fd);
  open.clear();
  rmSync(folder, { recursive: true });
});

const opened = (mode: number, file = path): number => {
  const fd = openSync(file, mode | constants.O_NONBLOCK);
  open.add(fd);
  return fd;
};
const close = (fd: number): void => {
  open.delete(fd);
  closeSync(fd);
};

function readAll(fd: number): string {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(PIPE_BYTES);
  for (;;) {
    try {
      const bytes = readSync(fd, chunk);
      if (bytes === 0) break;
      chunks.push(Buffer.from(chunk.subarray(0, bytes)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      break;
    }
  }
  return Buffer.concat(chunks).toString();
}

const dropped = (reason: 'queue_full' | 'closed' | 'exit'): number => droppedLines().get(reason) ?? 0;
const output = (fd: number, maxQueuedBytes = 1024 * 1024) => new LineOutput({ fd, maxQueuedBytes, patienceMs: 100 });
const written = (fd: number, line: number): string => `${'é'.repeat(500)} ${fd} ${line}\n`;

describe('an output', () => {
  it('gives a slow reader every line whole and in order', async () => {
    const reader = opened(constants.O_RDONLY);
    const fd = opened(constants.O_WRONLY);
    const out = output(fd);
    const lines = Array.from({ length: 500 }, (_, line) => written(fd, line));
    for (const line of lines) out.write(line);
    let text = '';
    while (text.length < lines.join('').length) {
      text += readAll(reader);
      await sleep(1);
    }
    expect(text).toBe(lines.join(''));
  });

  it('lets a line that may wait go out with the next one, or at the end of the turn, in order', async () => {
    const reader = opened(constants.O_RDONLY);
    const out = output(opened(constants.O_WRONLY));
    const later = (line: string): void => {
      setLineMayWait(true);
      out.write(line);
    };
    later('1\n');
    later('2\n');
    expect(readAll(reader)).toBe('');
    out.write('3\n');
    expect(readAll(reader)).toBe('1\n2\n3\n');
    later('4\n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(readAll(reader)).toBe('4\n');
    later('5\n');
    out.flush();
    expect(readAll(reader)).toBe('5\n');
    later('6\n');
    out.finish();
    later('7\n');
    expect(readAll(reader)).toBe('6\n7\n');
  });

  it('gathers no more lines than a pipe takes in one go, and counts each that a reader who has gone does not get', () => {
    const reader = opened(constants.O_RDONLY);
    const out = output(opened(constants.O_WRONLY));
    for (let line = 0; line < 40; line += 1) {
      setLineMayWait(true);
      out.write(written(0, line));
    }
    expect(readAll(reader).trimEnd().split('\n')).toHaveLength(36);
    close(reader);
    const before = dropped('closed');
    out.finish();
    expect(dropped('closed') - before).toBe(4);
  });

  it('tells whoever waits when all is out, and does not wait for a reader that takes nothing', async () => {
    const reader = opened(constants.O_RDONLY);
    const out = output(opened(constants.O_WRONLY));
    const flush = (): Promise<unknown> => new Promise((resolve) => out.flush(resolve));
    await flush();
    for (let line = 0; line < 200; line += 1) out.write(written(0, line));
    await flush();
    let text = '';
    const flushing = flush();
    while (!text.endsWith(' 199\n')) {
      text += readAll(reader);
      await sleep(1);
    }
    await flushing;
    expect(text.split('\n')).toHaveLength(201);
  });

  it('waits at the end of the process no longer than its patience, and counts what it gives up', () => {
    opened(constants.O_RDONLY);
    const before = dropped('exit');
    const out = output(opened(constants.O_WRONLY));
    for (let line = 0; line < 200; line += 1) out.write(written(0, line));
    const began = performance.now();
    out.finish();
    expect(performance.now() - began).toBeGreaterThanOrEqual(100);
    const lost = dropped('exit') - before;
    expect(lost).toBeGreaterThan(100);
    // Whoever logs after that is not held up again.
    out.write('the very last\n');
    expect(dropped('exit') - before).toBe(lost + 1);
  });

  it('goes on when somebody reads a pipe again whose reader had gone, and says how many lines were lost', async () => {
    const reader = opened(constants.O_RDONLY);
    const out = output(opened(constants.O_WRONLY));
    out.write('first\n');
    expect(readAll(reader)).toBe('first\n');
    const before = dropped('closed');
    close(reader);
    out.write('lost\n');
    out.write('lost too\n');
    expect(dropped('closed')).toBe(before + 2);
    const next = opened(constants.O_RDONLY);
    await sleep(1100);
    out.write('again\n');
    const [again, said] = readAll(next).split('\n');
    expect(again).toBe('again');
    expect(JSON.parse(said ?? '')).toMatchObject({ level: 'WARN', extra: { lines: 2, closed: 2 } });
  });

  it('holds nobody up because a line is FATAL and the process lives on', () => {
    opened(constants.O_RDONLY);
    const before = dropped('exit');
    const logger = pino({}, output(opened(constants.O_WRONLY)));
    for (let line = 0; line < 200; line += 1) logger.fatal(written(0, line));
    // It would have given up after waiting.
    expect(dropped('exit')).toBe(before);
  });

  it('keeps what a full disk does not take, within its bound, and ends without waiting for room', () => {
    const out = output(opened(constants.O_WRONLY, FULL), 10_000);
    const before = { full: dropped('queue_full'), exit: dropped('exit') };
    for (let line = 0; line < 50; line += 1) out.write(`${'x'.repeat(999)}\n`);
    expect(dropped('queue_full') - before.full).toBe(40);
    const began = performance.now();
    out.finish();
    expect(dropped('exit') - before.exit).toBe(10);
    expect(performance.now() - began).toBeLessThan(100);
  });
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function lockedBy(pid: number): Promise<void> {
  await mkdir(join(folder, '.lock'));
  await writeFile(join(folder, '.lock', 'pid'), String(pid));
}

/** The ID of a process that has just ended. */
function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  return new Promise((resolve) => child.on('exit', () => resolve(child.pid ?? 0)));
}

test('two set-ups never work at once, and the second is told about the first', async () => {
  const told: string[] = [];
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, (inside += 1));
    expect(await readFile(join(folder, '.lock', 'pid'), 'utf8')).toBe(String(process.pid));
    await new Promise((resolve) => setTimeout(resolve, 50));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock(folder, (line) => told.push(line), work)));
  expect(most).toBe(1);
  expect(told[0]).toContain(`process ${process.pid}`);
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a dead process is broken', async () => {
  await lockedBy(await deadProcess());
  const told: string[] = [];
  await expect(
    withLock(
      folder,
      (line) => told.push(line),
      async () => 'done',
    ),
  ).resolves.toBe('done');
  expect(told).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a living process holds until that process lets go', async () => {
  const owner = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  try {
    await lockedBy(owner.pid ?? 0);
    let released = false;
    const waiting = withLock(
      folder,
      () => setTimeout(() => void release(), 300),
      async () => released,
    );
    const release = async (): Promise<void> => {
      released = true;
      await rm(join(folder, '.lock'), { recursive: true });
    };
    expect(await waiting).toBe(true);
  } finally {
    owner.kill('SIGKILL');
  }
});

test('a failure releases the lock and passes through', async () => {
  await expect(
    withLock(
      folder,
      () => {},
      () => Promise.reject(new Error('mine')),
    ),
  ).rejects.toThrow('mine');
  expect(await readdir(folder)).toEqual([]);
});

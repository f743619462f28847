import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UNFINISHED } from './cache.ts';
import { SetupError, type Report } from './tool.ts';

/**
 * Longer than the longest step, the build of the Temporal CLI on a small machine. A lock that outlives it belongs to a
 * process that hangs, or to a stranger who got the dead owner's process ID.
 */
const PATIENCE_MS = 30 * 60_000;

/**
 * Runs `action` while holding the lock of `folder`, so that two set-ups never fill the same cache at once. The lock is a
 * folder `.lock` with the owner's process ID in it; one whose owner is dead is broken.
 *
 * @throws {SetupError} ONETRACE_SETUP_LOCKED when the owner lives on past all patience
 */
export async function withLock<T>(folder: string, report: Report, action: () => Promise<T>): Promise<T> {
  const lock = join(folder, '.lock');
  await mkdir(folder, { recursive: true });
  const patience = Date.now() + PATIENCE_MS;
  for (let told = false; !(await take(folder, lock));) {
    const owner = await ownerOf(lock);
    if (owner === undefined) continue; // released in between
    if (!isAlive(owner)) {
      await breakLock(lock, owner);
      continue;
    }
    if (Date.now() > patience) {
      throw new SetupError(
        'ONETRACE_SETUP_LOCKED',
        `another set-up (process ${owner}) holds ${lock}. End that process, or delete the folder if it is no set-up.`,
      );
    }
    if (!told) report(`Waiting for another set-up to finish (process ${owner}) ...`);
    told = true;
    await sleep(200);
  }
  try {
    return await action();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Taking is one rename of a folder that already names its owner: there is no moment at which the lock has none. */
async function take(folder: string, lock: string): Promise<boolean> {
  const mine = await mkdtemp(join(folder, UNFINISHED));
  try {
    await writeFile(join(mine, 'pid'), String(process.pid));
    await rename(mine, lock);
    return true;
  } catch {
    await rm(mine, { recursive: true, force: true });
    return false;
  }
}

async function ownerOf(lock: string): Promise<number | undefined> {
  try {
    return Number(await readFile(join(lock, 'pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Moves the dead owner's lock away first: of two that try, one rename fails, and a lock just taken anew is put back. */
async function breakLock(lock: string, dead: number): Promise<void> {
  const aside = `${lock}-broken-${process.pid}`;
  try {
    await rename(lock, aside);
  } catch {
    return; // another one was faster
  }
  if ((await ownerOf(aside)) === dead) await rm(aside, { recursive: true, force: true });
  else await rename(aside, lock);
}

/** Whether a process with this ID exists, another user's included. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

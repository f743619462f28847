import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TailFollower } from './tail.follower.js';

let folder: string;
let followers: TailFollower[];
let lines: string[];
let positions: Map<string, number>;

function follow(...patterns: string[]): TailFollower {
  const follower = new TailFollower(patterns, {
    storeTail: (found, told) => {
      lines.push(...found);
      told.forEach(({ file, offset }) => positions.set(file, offset));
    },
    tailOffset: (file) => positions.get(file),
  });
  followers.push(follower);
  return follower;
}

async function eventually(expected: string[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (lines.length < expected.length && Date.now() < deadline) await delay(20);
  expect(lines).toEqual(expected);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-tail-'));
  followers = [];
  lines = [];
  positions = new Map();
});

afterEach(async () => {
  await Promise.all(followers.map((follower) => follower.close()));
  await rm(folder, { recursive: true });
});

describe('TailFollower', () => {
  it('reads what is there, what is added, and a line only when it is whole', async () => {
    const file = join(folder, 'app.log');
    await writeFile(file, 'one\ntw');
    follow(file);
    await eventually(['one']);
    await appendFile(file, 'o\nthree\n');
    await eventually(['one', 'two', 'three']);
  });

  it('waits for a file that is not there yet', async () => {
    const file = join(folder, 'later.log');
    follow(file);
    await writeFile(file, 'here\n');
    await eventually(['here']);
  });

  it('finds new files of a pattern', async () => {
    follow(join(folder, '*.log'));
    await writeFile(join(folder, 'a.log'), 'a\n');
    await eventually(['a']);
    await writeFile(join(folder, 'b.log'), 'b\n');
    await writeFile(join(folder, 'c.txt'), 'c\n');
    await eventually(['a', 'b']);
  });

  it('reads the rest of a rotated file before the new one, and neither twice', async () => {
    const file = join(folder, 'access.log');
    await writeFile(file, 'one\n');
    follow(join(folder, 'access.log*'));
    await eventually(['one']);
    await rename(file, `${file}.1`);
    await appendFile(`${file}.1`, 'two\n');
    await writeFile(file, 'three\n');
    await eventually(['one', 'two', 'three']);
    await appendFile(file, 'four\n');
    await eventually(['one', 'two', 'three', 'four']);
  });

  it('starts again in a file that was truncated', async () => {
    const file = join(folder, 'app.log');
    await writeFile(file, 'a long first line\n');
    follow(file);
    await eventually(['a long first line']);
    await truncate(file);
    await appendFile(file, 'new\n');
    await eventually(['a long first line', 'new']);
  });

  it('goes on where it stopped after a restart, unfinished line included', async () => {
    const file = join(folder, 'app.log');
    await writeFile(file, 'one\ntw');
    const first = follow(file);
    await eventually(['one']);
    await first.close();
    await appendFile(file, 'o\n');
    follow(file);
    await eventually(['one', 'two']);
  });

  it('knows a file again that was rotated while nobody followed it', async () => {
    const file = join(folder, 'access.log');
    await writeFile(file, 'one\n');
    const first = follow(file);
    await eventually(['one']);
    await first.close();
    await appendFile(file, 'two\n');
    await rename(file, `${file}.1`);
    await writeFile(file, 'three\n');
    await follow(join(folder, 'access.log*')).close();
    expect([...lines].sort()).toEqual(['one', 'three', 'two']);
  });

  it('reads at its end what came last', async () => {
    const file = join(folder, 'app.log');
    const follower = follow(file);
    await writeFile(file, 'last words\n');
    await follower.close();
    expect(lines).toEqual(['last words']);
  });
});

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { removeStaleOutput } from './stale-output.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-stale-'));
  for (const place of ['src/room', 'dist/room']) await mkdir(join(folder, place), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('takes away the output of a source that is gone, and nothing else', async () => {
  await writeFile(join(folder, 'src/room/kept.ts'), '');
  const outputs = ['kept.js', 'kept.js.map', 'kept.d.ts', 'gone.js', 'gone.js.map', 'gone.d.ts', 'gone.d.ts.map'];
  for (const file of [...outputs, 'package.json']) await writeFile(join(folder, 'dist/room', file), '');

  expect(await removeStaleOutput(join(folder, 'src'), join(folder, 'dist'))).toEqual([
    'room/gone.d.ts',
    'room/gone.d.ts.map',
    'room/gone.js',
    'room/gone.js.map',
  ]);
  expect((await readdir(join(folder, 'dist/room'))).sort()).toEqual([
    'kept.d.ts',
    'kept.js',
    'kept.js.map',
    'package.json',
  ]);
});

it('has nothing to do before the first build', async () => {
  expect(await removeStaleOutput(join(folder, 'src'), join(folder, 'never-built'))).toEqual([]);
});

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** For tests: a machine of which only what a test puts there exists. */
export interface FakeMachine {
  root: string;
  /** The only folder on PATH. */
  bin: string;
  cache: string;
  /** Variables of that machine, plus those given. */
  env(more?: Record<string, string>): NodeJS.ProcessEnv;
  /** Writes an executable shell script. */
  script(path: string, body: string): Promise<string>;
  remove(): Promise<void>;
}

export async function fakeMachine(): Promise<FakeMachine> {
  const root = await mkdtemp(join(tmpdir(), 'onetrace-setup-'));
  const bin = join(root, 'bin');
  await mkdir(bin);
  return {
    root,
    bin,
    cache: join(root, 'cache'),
    env: (more = {}) => ({ PATH: bin, HOME: root, ...more }),
    async script(path, body) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `#!/bin/sh\nPATH=/usr/local/bin:/usr/bin:/bin\n${body}\n`);
      await chmod(path, 0o755);
      return path;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

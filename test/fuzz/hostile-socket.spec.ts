import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fuzzParameters } from './fuzz-parameters.ts';
import { play } from './hostile-client.ts';
import { hostileConnection } from './hostile-connection.arbitrary.ts';
import type { Counts } from './hostile.counts.ts';

const PROGRAM = fileURLToPath(new URL('hostile.program.ts', import.meta.url));
const AT_ONCE = 100;
const BATCH = 500;
/** Rounds of waiting for requests that do not end. */
const MOST_ROUNDS = 100;
/** Bytes that the heap may differ between two quiet moments; 2500 requests that each kept 1 kB would be over it. */
const HEAP_NOISE_BYTES = 2_000_000;

const { seed, numRuns } = fuzzParameters(10_000);
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function startApplication(
  platform: string,
): Promise<{ child: ChildProcess; port: number; output: () => string }> {
  const child = fork(PROGRAM, [platform], {
    env: { ...process.env, NODE_OPTIONS: '' },
    execArgv: ['--expose-gc', '--no-warnings'],
    silent: true,
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', () => reject(new Error(`the application did not start: ${output}`)));
  });
  return { child, port, output: () => output };
}

async function ask(child: ChildProcess): Promise<Counts> {
  child.send('count');
  const [{ counts }] = (await once(child, 'message')) as [{ counts: Counts }];
  return counts;
}

/**
 * Counts when nothing happens any more: once the last connection is gone, requests that wait for the rest of themselves end too. What has not
 * come to rest by then is counted as it is, and fails.
 */
async function atRest(child: ChildProcess): Promise<Counts> {
  let before: Counts | undefined;
  for (let round = 0; ; round += 1) {
    const counts = await ask(child);
    const still = counts.reached === before?.reached && counts.ended === before.ended;
    if (still && (counts.started === counts.ended || round > MOST_ROUNDS)) return counts;
    before = counts;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.each(['Express', 'Fastify'])('an application on %s under hostile requests', (platform) => {
  it(
    `stays whole (ONETRACE_FUZZ_SEED=${seed} repeats it)`,
    async () => {
      const { child, port, output } = await startApplication(platform);
      const crash = once(child, 'exit').then(([code]) => {
        throw new Error(`the application ended with ${String(code)}: ${output()}`);
      });
      const attack = async (): Promise<[Counts, Counts]> => {
        let middle: Counts | undefined;
        const batches = Math.max(2, Math.ceil(numRuns / 2 / BATCH));
        for (let batch = 0; batch < batches; batch += 1) {
          await play(port, fc.sample(hostileConnection, { seed: seed + batch, numRuns: BATCH }), AT_ONCE);
          if (batch === Math.floor(batches / 2) - 1) middle = await atRest(child);
        }
        return [middle as Counts, await atRest(child)];
      };
      const [middle, end] = await Promise.race([attack(), crash]);
      expect(end).toMatchObject({ rejections: 0, exceptions: 0, faults: [] });
      // Or the client would be hostile to Node's parser alone.
      expect(end.reached).toBeGreaterThan(numRuns / 4);
      expect(end.started).toBe(end.reached);
      expect(end.ended).toBe(end.started);
      expect(end.serverSpans).toBe(end.started);
      expect(end.counted).toBe(end.started);
      expect(end.heapBytes - middle.heapBytes).toBeLessThan(HEAP_NOISE_BYTES);
      crash.catch(() => undefined);
      child.send('stop');
      await once(child, 'exit');
    },
    Math.max(120_000, numRuns * 20),
  );
});

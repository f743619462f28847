import { spawn } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Installation, install } from '../compatibility/installation.ts';

const JEST = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--dir', 'vitest', '--no-color'];
/** After this a runner counts as hanging, in milliseconds; far beyond what it needs. */
const HANGING_MS = 120_000;

let installation: Installation | undefined;

beforeAll(async () => {
  installation = await install('runners');
  await cp(join(import.meta.dirname, 'project'), installation.folder, { recursive: true });
}, 300_000);
afterAll(() => installation?.remove());

function run(args: string[]): Promise<{ ended: number | NodeJS.Signals | null; output: string }> {
  const child = spawn(process.execPath, args, {
    cwd: installation?.folder,
    env: { ...process.env, NODE_OPTIONS: '', JEST_WORKER_ID: undefined },
    timeout: HANGING_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ ended: signal ?? code, output }));
  });
}

describe('tests of an application that collect its telemetry', () => {
  it.each([
    ['Jest, its suites one after the other in one process', [...JEST, '--runInBand'], 5],
    ['Jest, its suites in parallel', [...JEST, '--maxWorkers=2'], 5],
    ['Vitest, its suites in parallel', VITEST, 4],
    ['Vitest, its suites one after the other in one process', [...VITEST, '--no-isolate', '--no-file-parallelism'], 4],
  ])(
    'pass in %s, which ends by itself',
    async (_runner, args, tests) => {
      const { ended, output } = await run(args);
      expect({ ended, output }).toEqual({ ended: 0, output: expect.stringMatching(`Tests:? +${tests} passed`) });
      // Jest says "failed to exit gracefully" of workers that need more than half a second for it, which tells of the machine alone: what keeps
      // a process from ending is found where the suites run in one.
      expect(output).not.toMatch(/did not exit|open handle|hanging|close timed out|unhandled/i);
      // Quiet: no line of the application between those of the runner.
      expect(output).not.toContain('"component"');
    },
    HANGING_MS + 10_000,
  );
});

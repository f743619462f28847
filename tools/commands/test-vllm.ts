/** `npm run test:vllm`: brings the real vLLM for CPUs (6.7 GB), builds, and runs the connector against it; arguments go to Jest. */
import { build, run } from '../build/build.ts';
import { ensureModelServer } from '../setup/model-servers.ts';

try {
  await ensureModelServer('vllm', (line) => console.error(line));
  process.exitCode =
    (await build({ commonJs: false })) ||
    (await run(
      'node_modules/jest/bin/jest.js',
      ['--config', 'jest.vllm.config.mjs', '--runInBand', ...process.argv.slice(2)],
      ['--experimental-vm-modules', '--no-warnings'],
    ));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

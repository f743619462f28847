/**
 * `npm run demo`: three requests through the whole chain, and the story of each by its trace ID. `--triton`: one request that the real Triton
 * Inference Server answers.
 */
import { parseArgs } from 'node:util';
import { build } from '../build/build.ts';
import { runDemo } from '../demo/demo.ts';

try {
  const { values } = parseArgs({ options: { triton: { type: 'boolean', default: false } } });
  process.exitCode = (await build({ commonJs: false })) || (await runDemo(values));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** `npm run demo`: three requests through the whole chain, and the story of each by its trace ID. */
import { build } from '../build/build.ts';
import { runDemo } from '../demo/demo.ts';

try {
  process.exitCode = (await build({ commonJs: false })) || (await runDemo());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

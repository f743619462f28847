/** `npm run demo`: three requests through the whole chain, and the story of each by its trace ID. */
import { build } from '../build/build.ts';
import { runDemo } from '../demo/demo.ts';

process.exitCode = (await build({ commonJs: false })) || (await runDemo());

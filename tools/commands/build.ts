/** `npm run build`: compiles both packages, as ESM and CommonJS, and the programs. `--esm` leaves the CommonJS half out. */
import { build } from '../build/build.ts';

process.exitCode = await build({ commonJs: !process.argv.includes('--esm') });

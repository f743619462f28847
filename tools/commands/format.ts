/** `npm run format`: writes every file in the repository's format. */
import { run } from '../build/build.ts';

process.exitCode = await run('node_modules/prettier/bin/prettier.cjs', ['--write', '--log-level', 'warn', '.']);

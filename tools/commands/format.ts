/** `npm run format`: writes what the reference takes from the sources, then every file in the repository's format. */
import { build, run } from '../build/build.ts';
import { writeLogLineReference } from '../build/log-line-reference.ts';

process.exitCode = await build({ commonJs: false });
if (process.exitCode === 0) {
  await writeLogLineReference();
  process.exitCode = await run('node_modules/prettier/bin/prettier.cjs', ['--write', '--log-level', 'warn', '.']);
}

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from '@jest/globals';

const LONGEST_RUN_MS = 60_000;

/** What stands in a pipe of `pretty.program.ts`. */
function rows(environment: NodeJS.ProcessEnv): string {
  const program = fileURLToPath(new URL('pretty.program.ts', import.meta.url));
  return execFileSync(process.execPath, ['--no-warnings', program], {
    env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: undefined, NO_COLOR: undefined, ...environment },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: LONGEST_RUN_MS,
  });
}

it.each<[NodeJS.ProcessEnv, boolean]>([
  [{}, false],
  [{ FORCE_COLOR: '1' }, true],
  [{ FORCE_COLOR: '0' }, false],
  [{ NO_COLOR: '1' }, false],
])('a row for people has colours in a pipe where %j asks for them: %j', (environment, isColoured) => {
  const text = rows(environment);
  expect(stripVTControlCharacters(text)).toContain('gateway hello');
  expect(stripVTControlCharacters(text) !== text).toBe(isColoured);
});

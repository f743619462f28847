/** `npm run check`: everything a machine can say about the code without running it. Every check runs, the first failure decides the code. */
import { build, run } from '../build/build.ts';
import { checkIsolateBundle } from '../build/isolate-bundle.ts';

const CHECKS: readonly (readonly [what: string, check: () => Promise<number>])[] = [
  ['build', () => build({ commonJs: true })],
  ['types of tests and tools', () => run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.check.json'])],
  ['lint', () => run('node_modules/eslint/bin/eslint.js', ['.'])],
  ['format', () => run('node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])],
  ['unused code and dependencies', () => run('node_modules/knip/bin/knip.js', ['--no-progress'])],
  [
    'import direction of the rooms',
    () =>
      run('node_modules/dependency-cruiser/bin/dependency-cruise.mjs', [
        '--config',
        '.dependency-cruiser.cjs',
        'libs',
        'apps',
        'tools',
        'test',
        'deploy',
      ]),
  ],
  ["what gets into Temporal's workflow isolate", checkIsolateBundle],
  ...['nestjs-onetrace', 'onetrace'].flatMap((name): [string, () => Promise<number>][] => [
    [`${name}: package exports`, () => run('node_modules/publint/src/cli.js', [`libs/${name}`, '--strict'])],
    [
      `${name}: types for each importer`,
      () =>
        run('node_modules/@arethetypeswrong/cli/dist/index.js', [
          '--pack',
          `libs/${name}`,
          '--profile',
          'node16',
          '--format',
          'ascii',
        ]),
    ],
  ]),
];

let passed = 0;
let failed = 0;
for (const [what, check] of CHECKS) {
  const started = performance.now();
  const code = await check();
  console.log(`${code === 0 ? '✔' : '✘'} ${what} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (code === 0) passed += 1;
  else failed += 1;
}
console.log(`check: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

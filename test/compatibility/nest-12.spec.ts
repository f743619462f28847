import { afterAll, beforeAll, it } from '@jest/globals';
import { Application } from './application.ts';
import { EVERYWHERE, TRACE_ID, WITH_COMPANIONS } from './expectations.ts';
import { proveHotRestart } from './hot-restart.ts';
import { install, type Installation } from './installation.ts';
import { provesEach, provesInstallation } from './matrix.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await install('nest-12');
}, 300_000);
afterAll(() => installation?.remove(), 60_000);

provesInstallation(() => installation);

it('has declarations that the strictest compiler options accept, in ES modules', async () => {
  const compilerOptions = { skipLibCheck: false, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const app = await Application.create(installation, { name: 'types', type: 'module', plain: true, compilerOptions });
  await app.add('types/surface.ts', 'src/surface.ts');
  await app.tsc('--noEmit');
}, 60_000);

provesEach(
  () => installation,
  [
    {
      what: 'ES modules by tsc, with companions',
      kind: { name: 'esm', type: 'module' },
      compile: (app) => app.tsc(),
      program: 'dist/companions/main.js',
      table: [...EVERYWHERE, ...WITH_COMPANIONS],
      runs: [
        ['express', 'line24'],
        ['fastify', 'line26'],
      ],
    },
    {
      what: 'CommonJS by tsc, on Nest that is ES modules only',
      kind: { name: 'commonjs', type: 'commonjs', plain: true },
      compile: (app) => app.tsc(),
      program: 'dist/main.js',
      table: EVERYWHERE,
      runs: [
        ['express', 'oldest'],
        ['fastify', 'oldest'],
      ],
    },
    {
      what: 'ES modules by nest build with SWC',
      kind: { name: 'swc', type: 'module', plain: true },
      compile: (app) => app.nest('build', '--builder', 'swc'),
      program: 'dist/main.js',
      table: EVERYWHERE,
      runs: [['express', 'line26']],
    },
    {
      what: 'one file by nest build with rspack',
      kind: { name: 'rspack', type: 'module', plain: true },
      compile: async (app) => {
        await app.add('bundlers/rspack.config.js', 'rspack.config.js');
        await app.nest('build', '--builder', 'rspack');
      },
      program: 'dist/main.js',
      aloneAs: 'main.mjs',
      table: EVERYWHERE,
      runs: [
        ['express', 'line22'],
        ['fastify', 'line24'],
      ],
    },
    {
      what: 'ES modules with a CommonJS dependency that requires the library',
      kind: { name: 'mixed', type: 'module', plain: true },
      compile: (app) => app.add('mixed', 'mixed'),
      program: 'mixed/main.js',
      table: [
        {
          promise: 'there is one copy of the library, and its providers are found from both sides',
          path: '/legacy',
          status: 200,
          server: 'GET /legacy',
          json: { injected: TRACE_ID, required: TRACE_ID, oneCopy: true },
        },
      ],
      runs: [['express', 'oldest']],
    },
  ],
);

it('restarts under nest start --watch, and leaves nothing behind', async () => {
  const app = await Application.create(installation, { name: 'watched', type: 'module', plain: true });
  await proveHotRestart(app, 'fastify');
}, 120_000);

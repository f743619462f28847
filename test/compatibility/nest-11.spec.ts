import { afterAll, beforeAll, it } from '@jest/globals';
import { Application } from './application.ts';
import { EVERYWHERE, WITH_COMPANIONS } from './expectations.ts';
import { proveHotRestart } from './hot-restart.ts';
import { install, type Installation } from './installation.ts';
import { provesEach, provesInstallation } from './matrix.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await install('nest-11');
}, 300_000);
afterAll(() => installation?.remove(), 60_000);

provesInstallation(() => installation);

it('has declarations that the strictest compiler options accept, in CommonJS', async () => {
  const compilerOptions = { skipLibCheck: false, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const app = await Application.create(installation, { name: 'types', type: 'commonjs', plain: true, compilerOptions });
  await app.add('types/surface.ts', 'src/surface.ts');
  await app.tsc('--noEmit');
}, 60_000);

provesEach(
  () => installation,
  [
    {
      what: 'CommonJS by tsc, with companions',
      kind: { name: 'commonjs', type: 'commonjs' },
      compile: (app) => app.tsc(),
      program: 'dist/companions/main.js',
      table: [...EVERYWHERE, ...WITH_COMPANIONS],
      runs: [
        ['express', 'line22'],
        ['fastify', 'line24'],
      ],
    },
    {
      what: 'CommonJS by nest build with SWC',
      kind: { name: 'swc', type: 'commonjs', plain: true },
      compile: (app) => app.nest('build', '--builder', 'swc'),
      program: 'dist/main.js',
      table: EVERYWHERE,
      runs: [['fastify', 'line26']],
    },
    {
      what: 'CommonJS with instrumentations of its own, registered before it',
      kind: { name: 'instrumented', type: 'commonjs', plain: true },
      compile: async (app) => {
        await app.add('preload/instrumentation.cjs', 'instrumentation.cjs');
        await app.tsc();
      },
      program: 'dist/main.js',
      preload: './instrumentation.cjs',
      table: [
        {
          promise: 'their spans are part of the trace',
          path: '/v1/relay',
          status: 200,
          server: 'GET /v1/relay',
          inner: ['GET'],
          attributes: { 'url.path': '/health', 'http.request.method': 'GET' },
        },
      ],
      runs: [['express', 'line24']],
    },
    {
      what: 'one file by nest build with webpack',
      kind: { name: 'webpack', type: 'commonjs', plain: true },
      compile: async (app) => {
        await app.add('bundlers/webpack.config.js', 'webpack.config.js');
        await app.nest('build', '--webpack');
      },
      program: 'dist/main.js',
      aloneAs: 'main.cjs',
      table: EVERYWHERE,
      runs: [
        ['express', 'line24'],
        ['fastify', 'line22'],
      ],
    },
  ],
);

it('restarts under nest start --watch, and leaves nothing behind', async () => {
  const app = await Application.create(installation, { name: 'watched', type: 'commonjs', plain: true });
  await proveHotRestart(app, 'express');
}, 120_000);

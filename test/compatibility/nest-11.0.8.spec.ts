import { afterAll, beforeAll } from '@jest/globals';
import { EVERYWHERE } from './expectations.ts';
import { install, type Installation } from './installation.ts';
import { provesEach, provesInstallation } from './matrix.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await install('nest-11.0.8');
}, 300_000);
afterAll(() => installation?.remove(), 60_000);

provesInstallation(() => installation);

provesEach(
  () => installation,
  [
    {
      what: 'the oldest Nest and TypeScript 5.7, with the compiler options of their time',
      kind: {
        name: 'oldest',
        type: 'commonjs',
        plain: true,
        compilerOptions: {
          module: 'commonjs',
          moduleResolution: 'node10',
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
        },
      },
      compile: async (app) => {
        await app.add('types/surface.ts', 'src/surface.ts');
        await app.tsc();
      },
      program: 'dist/main.js',
      table: EVERYWHERE,
      runs: [
        ['express', 'oldest'],
        ['fastify', 'oldest'],
      ],
    },
  ],
);

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Application } from './application.ts';
import { EVERYWHERE } from './expectations.ts';
import { install, type Installation } from './installation.ts';
import { NODE_RELEASES, nodeRelease } from './node-release.ts';
import { prove } from './proof.ts';

let installation: Installation;
let oldest: string;

beforeAll(async () => {
  [installation, oldest] = await Promise.all([install('nest-11.0.8'), nodeRelease(NODE_RELEASES.oldest)]);
}, 300_000);
afterAll(() => installation?.remove());

it('installs without a warning', () => {
  expect(installation.warnings).toEqual([]);
});

describe('the oldest Nest, TypeScript and Node that are promised, with the compiler options of their time', () => {
  let app: Application;

  beforeAll(async () => {
    app = await Application.create(installation, {
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
    });
    await app.tsc();
  }, 120_000);

  it.each(['express', 'fastify'] as const)(
    'keep every promise on %s',
    async (platform) => {
      await prove({ node: oldest, args: ['dist/main.js'], cwd: app.folder, platform }, EVERYWHERE);
    },
    60_000,
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Application } from './application.ts';
import { EVERYWHERE, WITH_COMPANIONS } from './expectations.ts';
import { install, type Installation } from './installation.ts';
import { NODE_RELEASES, nodeRelease } from './node-release.ts';
import { prove } from './proof.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await install('nest-12');
}, 300_000);
afterAll(() => installation?.remove());

it('installs without a warning', () => {
  expect(installation.warnings).toEqual([]);
});

describe('ES modules, compiled by tsc', () => {
  let app: Application;
  let node26: string;

  beforeAll(async () => {
    app = await Application.create(installation, { name: 'esm', type: 'module' });
    [node26] = await Promise.all([nodeRelease(NODE_RELEASES.line26), app.tsc()]);
  }, 120_000);

  it.each(['express', 'fastify'] as const)(
    'keep every promise on %s, with companions',
    async (platform) => {
      const args = ['dist/companions/main.js'];
      await prove({ node: node26, args, cwd: app.folder, platform }, [...EVERYWHERE, ...WITH_COMPANIONS]);
    },
    60_000,
  );
});

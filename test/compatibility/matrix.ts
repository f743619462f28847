import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Application, type ApplicationKind } from './application.ts';
import type { Expectation, Platform } from './expectations.ts';
import type { Installation } from './installation.ts';
import { type NodeName, NODE_RELEASES, nodeRelease } from './node-release.ts';
import { prove } from './proof.ts';

/** One way of building an application, and where what it built is proven. */
export interface Build {
  readonly what: string;
  readonly kind: ApplicationKind;
  compile(app: Application): Promise<void>;
  /** The program, inside the application. */
  readonly program: string;
  /** Loaded before it. */
  readonly preload?: string;
  /** The program is one file that needs no packages: it runs under this name in an empty folder. */
  readonly aloneAs?: string;
  readonly table: readonly Expectation[];
  readonly runs: readonly (readonly [Platform, NodeName])[];
}

/** Declares the tests of each build: it compiles, and every run of it keeps every promise of its table. */
export function provesEach(installation: () => Installation, builds: readonly Build[]): void {
  describe.each(builds.map((build) => [build.what, build] as const))('%s', (_what, build) => {
    let app: Application;

    beforeAll(async () => {
      app = await Application.create(installation(), build.kind);
      await build.compile(app);
    }, 180_000);

    it.each(build.runs.map(([platform, node]) => [platform, NODE_RELEASES[node], node] as const))(
      'keeps every promise on %s and Node %s',
      async (platform, _version, name) => {
        const node = await nodeRelease(name);
        const { aloneAs } = build;
        if (aloneAs === undefined) {
          const args = [...(build.preload === undefined ? [] : ['--require', build.preload]), build.program];
          await prove({ node, args, cwd: app.folder, platform }, build.table);
          return;
        }
        const alone = await mkdtemp(join(tmpdir(), 'onetrace-alone-'));
        try {
          await copyFile(join(app.folder, build.program), join(alone, aloneAs));
          await prove({ node, args: [aloneAs], cwd: alone, platform }, build.table);
        } finally {
          await rm(alone, { recursive: true, force: true });
        }
      },
      120_000,
    );
  });
}

/** Declares the tests of an installation itself: nothing is warned of, and of OpenTelemetry comes no SDK. */
export function provesInstallation(installation: () => Installation): void {
  it('installs without a warning, and without an SDK of OpenTelemetry', () => {
    expect(installation().warnings).toEqual([]);
    expect(installation().openTelemetry).toContain('@opentelemetry/api');
    expect(installation().openTelemetry.filter((name) => /sdk|exporter|resources/.test(name))).toEqual([]);
  });
}

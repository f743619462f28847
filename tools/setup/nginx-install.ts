import { readFile, rm, writeFile } from 'node:fs/promises';
import { withProgress } from './progress.ts';
import { findProgram, lastLines, runProgram } from './program.ts';
import { WayClosedError, type Report } from './tool.ts';

/** Debian's hook that maintainer scripts ask before they start a service; 101 means no. */
const POLICY = '/usr/sbin/policy-rc.d';
const OUR_POLICY = '#!/bin/sh\n# written by the set-up of onetrace while it installs nginx; safe to delete\nexit 101\n';

/**
 * Installs the distribution's nginx with apt, as root, starting no service.
 *
 * @throws {WayClosedError} when this user may not, or apt fails
 */
export async function installNginx(env: NodeJS.ProcessEnv, report: Report): Promise<void> {
  if (process.getuid?.() !== 0) throw new WayClosedError('only root may install packages');
  const aptGet = await findProgram('apt-get', env);
  if (!aptGet) throw new WayClosedError('this system has no apt');
  const run = (...args: string[]): ReturnType<typeof runProgram> =>
    runProgram(aptGet, ['-qq', ...args], { env: { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' } });
  const removePolicy = await refuseServices();
  try {
    await withProgress(
      report,
      'installing nginx',
      () => '',
      async () => {
        await run('update');
        const light = await run('install', '-y', '--no-install-recommends', 'nginx-light');
        const { code, output } =
          light.code === 0 ? light : await run('install', '-y', '--no-install-recommends', 'nginx');
        if (code !== 0) throw new WayClosedError(`apt-get install failed: ${lastLines(output)}`);
      },
    );
  } finally {
    await removePolicy();
  }
}

/** Puts our policy in place unless the system has one of its own; one that an interrupted run left is ours to remove. */
async function refuseServices(): Promise<() => Promise<void>> {
  const present = await readFile(POLICY, 'utf8').catch(() => undefined);
  if (present !== undefined && present !== OUR_POLICY) return async () => {};
  await writeFile(POLICY, OUR_POLICY, { mode: 0o755 });
  return () => rm(POLICY, { force: true });
}

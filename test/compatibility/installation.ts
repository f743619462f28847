import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm, npmInstall } from './npm.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The packages of one generation of Nest with the packed library among them, in a folder of their own. */
export interface Installation {
  readonly folder: string;
  /** What npm warned of when the library was added; other packages had warned before. */
  readonly warnings: readonly string[];
  /** The packages of OpenTelemetry that are there, by their names. */
  readonly openTelemetry: readonly string[];
  remove(): Promise<void>;
}

/** Installs `<name>/package.json` of a folder, and then the tarball of the library the way a user adds it. */
export async function install(name: string, from = join(import.meta.dirname, 'installs')): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), `onetrace-${name}-`));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await cp(join(from, name), folder, { recursive: true });
    await npm(['pack', '--pack-destination', folder, '--workspace', 'nestjs-onetrace'], ROOT);
    const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? 'missing';
    await npmInstall([], folder);
    // Strict: a peer that does not fit fails the installation instead of being overridden with a warning.
    const { warnings } = await npmInstall(['--strict-peer-deps', join(folder, tarball)], folder);
    const names = await readdir(join(folder, 'node_modules', '@opentelemetry'));
    return { folder, warnings, openTelemetry: names.map((name) => `@opentelemetry/${name}`), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

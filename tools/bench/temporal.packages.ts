import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installedPackages } from './installed-packages.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const WORKFLOWS = 'temporal.workflows.ts';

/** The newest SDK that the official interceptors for OpenTelemetry 2 install on: they want that one exactly. */
const OFFICIAL = '1.23.0';
const PACKAGES = {
  '@opentelemetry/exporter-trace-otlp-proto': '0.223.0',
  '@opentelemetry/resources': '2.12.0',
  '@opentelemetry/sdk-trace-node': '2.12.0',
  '@temporalio/activity': OFFICIAL,
  '@temporalio/client': OFFICIAL,
  '@temporalio/common': OFFICIAL,
  '@temporalio/interceptors-opentelemetry-v2': OFFICIAL,
  '@temporalio/worker': OFFICIAL,
  '@temporalio/workflow': OFFICIAL,
};

/** Where the packages of an SDK are found, and the workflow code that is bundled with them. */
export interface InstalledSdk {
  /** Folder whose `node_modules` has the packages. */
  readonly folder: string;
  readonly workflowsPath: string;
}

/** The SDK of this repository. */
export const OWN_SDK: InstalledSdk = { folder: ROOT, workflowsPath: join(import.meta.dirname, WORKFLOWS) };

/**
 * The official interceptors with the SDK that they install on, in the user's cache; installed from the registry when
 * they are not there.
 *
 * @throws {Error} with npm's last words, when they cannot be had
 */
export async function officialSdk(report: (line: string) => void): Promise<InstalledSdk> {
  const folder = await installedPackages(
    { title: 'the official interceptors', name: 'temporal-official', version: OFFICIAL, packages: PACKAGES },
    report,
  );
  const workflowsPath = join(folder, WORKFLOWS);
  await copyFile(OWN_SDK.workflowsPath, workflowsPath);
  return { folder, workflowsPath };
}

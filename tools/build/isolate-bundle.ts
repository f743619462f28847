import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What our part of a workflow bundle may weigh, minified and gzipped, in bytes. */
const LIMIT = 5000;
/** What it may consist of. */
const OURS = /^\.\/libs\/nestjs-onetrace\/dist\/(esm|cjs)\/(temporal\/workflow|semantics)\//;
const TEMPORAL = /^\.\/node_modules\/@temporalio\/(workflow|common)\//;
/** How webpack heads a module that it has put in. */
const HEAD = /^\/\*\*\*\/ "(.+?)"/gm;

const SILENT = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * Bundles a workflow with our plugin as a worker does, and without it, from the built library. 0 when what came in is ours or
 * of Temporal's SDK, and small; every workflow in a worker's cache pays for what is in there.
 */
export async function checkIsolateBundle(): Promise<number> {
  // Inside the repository: the workflow has to find the SDK.
  const folder = await mkdtemp(join(import.meta.dirname, '../../node_modules/.isolate-bundle-'));
  try {
    const workflowsPath = join(folder, 'workflows.js');
    await writeFile(workflowsPath, "import * as sdk from '@temporalio/workflow';\nexport { sdk };\n");
    const without = await modulesOf(workflowsPath, false);
    const added = [...(await modulesOf(workflowsPath, true))].filter((module) => !without.has(module));
    const foreign = added.filter((module) => !OURS.test(module) && !TEMPORAL.test(module));
    const bytes = (await packedSize(workflowsPath, true)) - (await packedSize(workflowsPath, false));
    console.log(
      `the isolate gets ${added.length} modules of ours, ${bytes} bytes minified and gzipped (limit ${LIMIT})`,
    );
    if (!added.some((module) => OURS.test(module))) console.error('our workflow modules are not in the bundle at all');
    else if (foreign.length > 0) console.error(`these do not belong into the isolate:\n${foreign.join('\n')}`);
    else if (bytes > LIMIT) console.error('our part of the bundle has grown beyond its limit');
    else return 0;
    return 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function modulesOf(workflowsPath: string, traced: boolean): Promise<Set<string>> {
  const code = await bundle(workflowsPath, traced, 'development');
  return new Set([...code.matchAll(HEAD)].map(([, name = '']) => name));
}

async function packedSize(workflowsPath: string, traced: boolean): Promise<number> {
  return gzipSync(await bundle(workflowsPath, traced, 'production')).length;
}

async function bundle(workflowsPath: string, traced: boolean, mode: 'development' | 'production'): Promise<string> {
  // Not before they are built.
  const [{ bundleWorkflowCode }, { temporalTracing }] = await Promise.all([
    import('@temporalio/worker'),
    import('nestjs-onetrace/temporal'),
  ]);
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: SILENT,
    plugins: traced ? [temporalTracing()] : [],
    webpackConfigHook: (config) => ({ ...config, mode, devtool: false }),
  });
  return code;
}

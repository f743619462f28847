import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';
import { logLineReference } from './log-line-reference.ts';
import { removeStaleOutput } from './stale-output.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PACKAGES = ['nestjs-onetrace', 'onetrace'];

/**
 * Compiles what has changed since the last time; 0 when all of it compiled. TypeScript's own build information decides
 * what that is.
 */
export async function build({ commonJs }: { commonJs: boolean }): Promise<number> {
  if (!existsSync(join(ROOT, 'apps/gateway/dist'))) console.error('Compiling (once; later only what has changed) ...');
  for (const name of PACKAGES) {
    for (const half of ['esm', 'cjs']) {
      await removeStaleOutput(join(ROOT, 'libs', name, 'src'), join(ROOT, 'libs', name, 'dist', half));
    }
  }
  const esm = await run('node_modules/typescript/bin/tsc', ['-b', 'tsconfig.json']);
  if (esm !== 0) return esm;
  await writeSchema();
  if (!commonJs) {
    await bundleOpenTelemetry(false);
    return 0;
  }
  for (const name of PACKAGES) {
    const code = await run('node_modules/typescript/bin/tsc', ['-p', `libs/${name}/tsconfig.cjs.json`]);
    if (code !== 0) return code;
    const folder = join(ROOT, 'libs', name, 'dist', 'cjs');
    await mkdir(folder, { recursive: true });
    // The package is `type: module`; this half of it is not.
    await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  }
  await bundleOpenTelemetry(true);
  return 0;
}

/** The schema of a line, for whoever reads lines and has the package; in docs/reference stands the same. */
async function writeSchema(): Promise<void> {
  const schema = `${JSON.stringify((await logLineReference()).schema, undefined, 2)}\n`;
  await writeFile(join(ROOT, 'libs/nestjs-onetrace/dist/log-line.schema.json'), schema);
}

/** The library brings what it needs of OpenTelemetry's SDK inside itself: docs/decisions/bundled-sdk.md. */
async function bundleOpenTelemetry(commonJs: boolean): Promise<void> {
  const dist = join(ROOT, 'libs/nestjs-onetrace/dist');
  const file = 'tracing/export/opentelemetry.js';
  await bundle({
    esm: join(dist, 'esm', file),
    commonJs: commonJs ? join(dist, 'cjs', file) : undefined,
    licences: join(dist, 'THIRD-PARTY-LICENSES.txt'),
  });
}

/** Runs a script of a dependency under this Node from the root of the repository; resolves with its exit code. */
export function run(script: string, args: string[], nodeArgs: string[] = []): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeArgs, join(ROOT, script), ...args], { cwd: ROOT, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

/** The command compiled for one test file, in a folder of its own: test files run at the same time. */
export interface CompiledCli {
  path: string;
  remove(): void;
}

/** Compiles the command as it is published. Types are checked elsewhere. */
export function compileCli(): CompiledCli {
  const folder = `${PACKAGE}dist/spec-${process.pid}`;
  const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  const flags = [
    '--outDir',
    folder,
    '--noCheck',
    '--composite',
    'false',
    '--incremental',
    'false',
    '--declaration',
    'false',
  ];
  execFileSync(process.execPath, [tsc, '-p', PACKAGE, ...flags], { stdio: 'inherit' });
  return { path: `${folder}/cli.js`, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import commonJsPlugin from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { type OutputChunk, rollup, type RollupOutput } from '@rollup/wasm-node';

/** A file that alone imports some packages, compiled; and where their licences go. */
export interface Bundle {
  /** Compiled ES module; replaced by the bundle. */
  readonly esm: string;
  /** Compiled CommonJS module; replaced by the bundle. `undefined` where that half was not built. */
  readonly commonJs: string | undefined;
  /** Text file with the licences of what is inside. */
  readonly licences: string;
}

// The package has the declarations of a CommonJS module for its ES module.
const commonJsModules = commonJsPlugin as unknown as typeof commonJsPlugin.default;

// Peers of the package: one copy in the application, or context and spans do not meet.
const EXTERNAL = /^(node:.*|@opentelemetry\/api)$/;
const MARK = '/* Bundled by tools/build; the licences of what is inside are in dist/THIRD-PARTY-LICENSES.txt. */';

/**
 * Replaces a compiled file by itself and all that it imports. Does nothing to a file that was bundled before: the
 * compiler writes it anew whenever its source has changed.
 */
export async function bundle({ esm, commonJs, licences }: Bundle): Promise<void> {
  if (!(await isBundled(esm))) {
    const inside = await replace(esm, esm, 'es');
    await writeFile(licences, await licenceTexts(inside));
  }
  if (commonJs !== undefined && !(await isBundled(commonJs))) await replace(esm, commonJs, 'cjs');
}

async function isBundled(file: string): Promise<boolean> {
  return (await readFile(file, 'utf8')).startsWith(MARK);
}

async function replace(from: string, to: string, format: 'es' | 'cjs'): Promise<readonly string[]> {
  const build = await rollup({
    input: from,
    external: (id) => EXTERNAL.test(id),
    plugins: [nodeResolve({ preferBuiltins: true }), commonJsModules({ esmExternals: true })],
    treeshake: { moduleSideEffects: false },
    onwarn: (warning) => {
      // OpenTelemetry's own circles are harmless; everything else would be missing at run time.
      if (warning.code !== 'CIRCULAR_DEPENDENCY') throw new Error(`bundling ${from}: ${warning.message}`);
    },
  });
  let output: RollupOutput;
  try {
    output = await build.generate({ format, inlineDynamicImports: true, exports: 'named', banner: MARK });
  } finally {
    await build.close();
  }
  const [chunk] = output.output;
  await writeFile(to, chunk.code);
  // The map of the compiled file says nothing about the bundle.
  await rm(`${to}.map`, { force: true });
  return modulesInside(chunk);
}

function modulesInside(chunk: OutputChunk): readonly string[] {
  return (
    Object.entries(chunk.modules)
      .filter(([, { renderedLength }]) => renderedLength > 0)
      // Rollup's own name for a CommonJS module that it has wrapped.
      .map(([id]) => id.replace(/^\0/, ''))
  );
}

async function licenceTexts(modules: readonly string[]): Promise<string> {
  const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
  const names = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    const file = ['LICENSE', 'LICENSE.txt', 'LICENSE.md'].map((one) => join(folder, one)).find(existsSync);
    if (file === undefined) throw new Error(`${name} has no licence file; it must not be bundled`);
    const text = (await readFile(file, 'utf8')).trim();
    names.set(text, [...(names.get(text) ?? []), `${name} ${version}`]);
  }
  return [...names].map(([text, packages]) => `${packages.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(72)}\n\n`);
}

function packageFolder(id: string): string | undefined {
  const mark = `${sep}node_modules${sep}`;
  const start = id.lastIndexOf(mark);
  if (start === -1) return undefined;
  const [scope, name] = id.slice(start + mark.length).split(sep) as [string, string];
  return join(
    dirname(id.slice(0, start + mark.length)),
    'node_modules',
    scope,
    ...(scope.startsWith('@') ? [name] : []),
  );
}

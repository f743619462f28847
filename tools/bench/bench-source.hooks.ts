/**
 * Lets a `*.bench.ts` beside a library's sources run without being part of the build: it is compiled in memory, decorators included,
 * and what it imports from beside it is the built library, as applications run it.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const BENCH = /\.bench\.ts$/;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && context.parentURL !== undefined && BENCH.test(context.parentURL)) {
      return next(new URL(specifier, context.parentURL.replace('/src/', '/dist/esm/')).href, context);
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!BENCH.test(url)) return next(url, context);
    const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), {
      module: { type: 'es6' },
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
      },
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

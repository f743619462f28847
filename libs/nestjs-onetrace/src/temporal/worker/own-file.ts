import { fileURLToPath } from 'node:url';
// Not by its name, which an older Node.js does not know: it would say so before we can say which one is needed.
import * as util from 'node:util';

/**
 * Path of this file, in the ESM and in the CommonJS build: the one has only `import.meta`, which the other cannot even
 * parse. `undefined` when the application was bundled and there is no such file.
 */
export function ownFile(): string | undefined {
  const script = util.getCallSites(1, { sourceMap: false })[0]?.scriptName;
  if (!script) return undefined;
  return script.startsWith('file:') ? fileURLToPath(script) : script;
}

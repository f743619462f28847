import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ownFile } from './own-file.js';

/**
 * A package of Temporal's SDK, loaded by `require` because it is needed where nothing can be awaited; both module systems share that copy.
 * `undefined` where it cannot be reached.
 */
export function sdkPackage<Package>(name: string): Package | undefined {
  const places = [ownFile(), process.argv[1], join(process.cwd(), 'package.json')];
  for (const from of places) {
    if (from === undefined) continue;
    try {
      return createRequire(from)(name) as Package;
    } catch {
      // Not reachable from there.
    }
  }
  return undefined;
}

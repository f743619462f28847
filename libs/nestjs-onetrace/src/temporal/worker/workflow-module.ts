import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownFile } from './own-file.js';

/** What the workflow bundler is told to bring in: the module's file, or its name where the application was bundled. */
export function workflowModule(): string {
  const self = ownFile();
  if (self !== undefined) {
    // The source is what tests run from.
    for (const name of ['index.js', 'index.ts']) {
      const file = join(dirname(dirname(self)), 'workflow', name);
      if (existsSync(file)) return file;
    }
  }
  return 'nestjs-onetrace/temporal/workflow';
}

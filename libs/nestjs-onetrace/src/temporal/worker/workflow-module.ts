import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { settingsQuery, type WorkflowTracingSettings } from '../workflow/workflow-settings.js';
import { ownFile } from './own-file.js';

/**
 * What the workflow bundler is told to bring in, with its settings: the module's file, or its name where the application
 * was bundled.
 */
export function workflowModule(settings: Partial<WorkflowTracingSettings>): string {
  return `${moduleName()}${settingsQuery(settings)}`;
}

/** Whether a module of the bundler's list is ours, with whatever settings: naming it twice would measure twice. */
export function isWorkflowModule(name: string): boolean {
  const [plain] = name.split('?', 1);
  return plain === PACKAGE_NAME || plain === moduleName() || (plain !== undefined && COPY.test(plain));
}

/** The ESM and the CommonJS build, which a process may have side by side. */
const COPY = /[\\/]nestjs-onetrace[\\/]dist[\\/](?:esm|cjs)[\\/]temporal[\\/]workflow[\\/]index\.js$/;

const PACKAGE_NAME = 'nestjs-onetrace/temporal/workflow';

function moduleName(): string {
  const self = ownFile();
  if (self !== undefined) {
    // The source is what tests run from.
    for (const name of ['index.js', 'index.ts']) {
      const file = join(dirname(dirname(self)), 'workflow', name);
      if (existsSync(file)) return file;
    }
  }
  return PACKAGE_NAME;
}

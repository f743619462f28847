import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keepsUserIds } from '../../context/index.js';
import { resolveTemporalTracingOptions } from '../resolve-options.js';
import type { TemporalTracingOptions } from '../temporal-tracing.options.js';
import { settingsQuery } from '../workflow/workflow-settings.js';
import { ownFile } from './own-file.js';

/** The options of `temporalTracing` that count inside the workflow isolate. */
export type OnetraceWorkflowModuleOptions = Pick<TemporalTracingOptions, 'runWorkflowSpan' | 'continueAsNew'>;

/**
 * Name of the module with the tracing of workflow code, for who composes by hand: for `workflowInterceptorModules` and
 * `preloadModules` of `bundleWorkflowCode`, or `interceptors.workflowModules` of a worker. It is the file of the module,
 * with the options in a query behind it: a bundler finds no query behind the name of a package.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION
 */
export function onetraceWorkflowModule(options?: OnetraceWorkflowModuleOptions): string {
  const settings = resolveTemporalTracingOptions(options, 'onetraceWorkflowModule');
  const query = settingsQuery({ ...settings, userIds: keepsUserIds() ? 'any' : 'hashed' });
  return `${moduleName()}${query}`;
}

/** Whether a module of the bundler's list is ours, with whatever settings: naming it twice would measure twice. */
export function isWorkflowModule(name: string): boolean {
  const [plain] = name.split('?', 1);
  return plain === PACKAGE_NAME || plain === moduleName() || (plain !== undefined && COPY.test(plain));
}

/** The ESM and the CommonJS build, which a process may have side by side. */
const COPY = /[\\/]nestjs-onetrace[\\/]dist[\\/](?:esm|cjs)[\\/]temporal[\\/]workflow[\\/]index\.js$/;

const PACKAGE_NAME = 'nestjs-onetrace/temporal/workflow';

// Where the application was bundled there is no such file, only the name.
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

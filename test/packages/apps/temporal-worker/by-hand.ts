import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { onetraceWorkflowModule } from 'nestjs-onetrace/temporal';

const commonJs = createRequire(import.meta.url)(
  fileURLToPath(new URL('node_modules/nestjs-onetrace/dist/cjs/temporal/index.js', import.meta.url)),
) as { onetraceWorkflowModule: typeof onetraceWorkflowModule };

// Nobody else names the module here: what is in the bundle came in by this name.
const settings: string[][] = [];
for (const build of [{ onetraceWorkflowModule }, commonJs]) {
  const module = build.onetraceWorkflowModule({ runWorkflowSpan: 'onComplete', continueAsNew: 'newTrace' });
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
    workflowInterceptorModules: [module],
    preloadModules: [module],
    logger: new DefaultLogger('ERROR'),
  });
  settings.push(code.match(/dist\/(?:esm|cjs)\/temporal\/workflow\/index\.js\?[\w=&]+/g) ?? []);
}
console.log(JSON.stringify(settings.map((found) => [...new Set(found)])));

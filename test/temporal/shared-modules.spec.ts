import { createContext, runInContext } from 'node:vm';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { temporalTracing } from '../../libs/nestjs-onetrace/src/temporal/index.ts';

jest.setTimeout(60_000);

/** Paths of modules in the order in which they are loaded; the reusable isolate keeps its modules there, too. */
const loaded: string[] = [];
let shared: string[];

beforeAll(async () => {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('workflows.fixture.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
    plugins: [temporalTracing()],
  });
  const modules = new Proxy<Record<string | symbol, unknown>>(
    {},
    {
      set(target, path, module) {
        loaded.push(String(path));
        target[path] = module;
        return true;
      },
    },
  );
  const isolate = createContext({ __webpack_module_cache__: modules, TextEncoder, TextDecoder });
  runInContext(code, isolate);
  const ofSdk = loaded.length;
  runInContext('__TEMPORAL__.preloadModules()', isolate);
  shared = loaded.slice(ofSdk);
});

it('loads the code of the tracing once for all workflows of a worker', () => {
  expect(shared).toContainEqual(expect.stringMatching(/temporal\/workflow\/index\.ts$/));
  expect(shared).toContainEqual(expect.stringMatching(/temporal\/workflow\/trace-state\.ts$/));
});

it('shares of the SDK only what keeps nothing of a workflow', () => {
  // Each of them was read for that: a new one has to be, before it is added here.
  const readThrough = ['index', 'interceptors', 'random-streams', 'trigger', 'metrics', 'nexus'];
  const ofSdk = shared.filter((path) => !/nestjs-onetrace/.test(path));
  expect(ofSdk.filter((path) => !readThrough.some((name) => path.endsWith(`/workflow/lib/${name}.js`)))).toEqual([]);
});

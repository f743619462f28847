import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  log,
  makeContinueAsNewFunc,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type * as activities from './activities.fixture.ts';

export * from './workflow-code.fixture.ts';
export * from './determinism.fixture.ts';
export * from './recorded.fixture.ts';

// Bundled for the workflow isolate by the worker; never run by Node itself.

export { deferred } from './deferred-workflow.fixture.ts';
export { caller, impatient } from './nexus-workflows.fixture.ts';

const remote = proxyActivities<typeof activities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '50ms', maximumAttempts: 3 },
});
const local = proxyLocalActivities<typeof activities>({ startToCloseTimeout: '10s' });

/** Three activities, the second needs two attempts, then a local one and a child. */
export async function pipeline(input: string): Promise<string> {
  log.info('in the workflow');
  log.debug('a detail of the workflow');
  const prepared = await remote.preprocess(input);
  const answer = await remote.failsOnce(prepared);
  await local.postprocess(answer);
  return executeChild(child, { args: [answer], workflowId: `${workflowInfo().workflowId}-child` });
}

export async function child(input: string): Promise<string> {
  return remote.postprocess(input);
}

/** Waits to be told; draws random numbers, as an application does. */
export async function conversation(): Promise<string[]> {
  const said: string[] = [];
  const drawn: string[] = [];
  let over = false;
  setHandler(defineSignal<[string]>('say'), (word) => {
    said.push(word);
    drawn.push(uuid4());
  });
  setHandler(defineSignal('leave'), () => {
    over = true;
  });
  setHandler(defineQuery<string[]>('said'), () => said);
  setHandler(
    defineUpdate<number, [string]>('propose'),
    (word) => {
      drawn.push(uuid4());
      return said.push(word);
    },
    {
      validator: (word) => {
        if (word === '') throw new Error('say something');
      },
    },
  );
  await condition(() => over);
  await remote.preprocess(uuid4());
  return [...said, String(new Set(drawn).size)];
}

/** Runs on in a new run, the first time with search attributes of its own. */
export async function chain(runsLeft: number): Promise<string> {
  await remote.preprocess(String(runsLeft));
  if (runsLeft === 2) {
    await makeContinueAsNewFunc<typeof chain>({ searchAttributes: {} })(1);
  }
  if (runsLeft === 1) await continueAsNew<typeof chain>(0);
  return workflowInfo().workflowId;
}

export async function failing(kind: 'application' | 'activity'): Promise<void> {
  if (kind === 'activity') await remote.alwaysFails();
  throw ApplicationFailure.nonRetryable('no such model', 'ModelMissing');
}

export { tour } from './languages/tour.fixture.ts';

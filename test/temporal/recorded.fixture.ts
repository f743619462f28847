import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';

/** Its activities: what comes in goes out. */
export const activities = { echo: (text: string): Promise<string> => Promise.resolve(text) };

const remote = proxyActivities<typeof activities>({ startToCloseTimeout: '10s' });
const local = proxyLocalActivities<typeof activities>({ startToCloseTimeout: '10s' });

/** Does all of what an added await, or a command more, would put in another order; twice, the second time as a new run. */
export async function recorded(runsLeft: number): Promise<string[]> {
  const said: string[] = [];
  setHandler(defineSignal<[string]>('say'), async (word) => {
    said.push(await remote.echo(word));
    await sleep(1);
    said.push(await local.echo(uuid4()));
  });
  setHandler(defineQuery<number>('count'), () => said.length);
  setHandler(
    defineUpdate<string, [string]>('propose'),
    async (word) => {
      await remote.echo(uuid4());
      said.push(word);
      return remote.echo(word);
    },
    {
      validator: (word) => {
        if (word === '') throw new Error('say something');
      },
    },
  );
  const [first] = await Promise.all([remote.echo(uuid4()), sleep(10), local.echo('local'), sleep(20).then(() => 1)]);
  said.push(first);
  if (patched('child-of-its-own')) {
    // Not the SDK's own random ID: the official interceptors of the first generation draw from the same numbers.
    const workflowId = `${workflowInfo().workflowId}-${workflowInfo().runId}-child`;
    await executeChild(recordedChild, { workflowId, args: [uuid4()] });
  }
  await condition(() => said.includes('last') && allHandlersFinished());
  if (runsLeft > 0) await continueAsNew<typeof recorded>(runsLeft - 1);
  return said;
}

export async function recordedChild(text: string): Promise<string> {
  await sleep(1);
  return local.echo(text);
}

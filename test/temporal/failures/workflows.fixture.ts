import {
  type ActivityOptions,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  log,
  proxyActivities,
  proxyLocalActivities,
  proxySinks,
  setHandler,
  sleep,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type * as activities from './activities.fixture.ts';
import type { UserSinks } from './sinks.fixture.ts';

// Bundled for the workflow isolate by the worker; never run by Node itself.

const remote = proxyActivities<typeof activities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '20ms', maximumAttempts: 2 },
});

type Called = (...args: unknown[]) => Promise<unknown>;

/** Calls one activity with the given options. */
export async function calls(
  name: string,
  { local, ...options }: ActivityOptions & { local?: boolean },
  ...args: unknown[]
): Promise<unknown> {
  const proxy = (local ? proxyLocalActivities : proxyActivities)<Record<string, Called>>({
    startToCloseTimeout: '10s',
    retry: { initialInterval: '20ms', maximumAttempts: 2 },
    ...options,
  });
  return proxy[name]?.(...args);
}

/** An activity, a wait for the word to go on, and another activity. */
export async function waits(): Promise<string> {
  let told = false;
  setHandler(defineSignal('goOn'), () => {
    told = true;
  });
  await remote.answer('before');
  await condition(() => told);
  return remote.answer('after');
}

/** Tells a sink of the user's on its way. */
export async function tells(): Promise<string> {
  const { user } = proxySinks<UserSinks>();
  await remote.answer('before');
  user.hears('halfway');
  return remote.answer('after');
}

/** Asks for something else on replay. */
export async function forgets(): Promise<void> {
  if (workflowInfo().unsafe.isReplaying) await sleep('1h');
  else await remote.answer('first time');
}

/** A bug: the workflow task fails, and again whenever it is tried. */
export async function stumbles(): Promise<void> {
  await remote.answer('before');
  throw new TypeError('undefined is not a pipeline');
}

/** Ends with a failure that is not alarming. */
export async function givesUp(): Promise<void> {
  throw ApplicationFailure.create({ message: 'nothing to do', category: 'BENIGN' });
}

/** Many events, and the next run at the end. */
export async function goesOnForLong(rounds: number, activitiesARound: number, memosARound: number): Promise<string> {
  for (let round = 0; round < rounds; round += 1) {
    for (let count = 0; count < memosARound; count += 1) upsertMemo({ count });
    await Promise.all(Array.from({ length: activitiesARound }, () => remote.answer('x')));
  }
  if (rounds > 0) await continueAsNew<typeof goesOnForLong>(0, 0, 0);
  return workflowInfo().workflowId;
}

/** Says something in each of its tasks. */
export async function speaks(): Promise<void> {
  log.info('workflow says hello');
  console.log('workflow says hello by console');
  await remote.speaks();
  await sleep(1);
  log.info('workflow says goodbye');
}

/** Takes an argument, however large. */
export async function takes(argument: string): Promise<number> {
  return argument.length;
}

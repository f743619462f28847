import {
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  startChild,
} from '@temporalio/workflow';
import type * as activities from '../activities.fixture.ts';

const ours = proxyActivities<typeof activities>({ startToCloseTimeout: '10s' });

/** Hears one word by signal and one by update, then calls on both sides; `there` is the task queue of the other language. */
export async function tour(there: string): Promise<{ activity: unknown; child: unknown }> {
  const said: string[] = [];
  setHandler(defineSignal<[string]>('say'), (word) => {
    said.push(word);
  });
  setHandler(defineQuery<string[]>('said'), () => said);
  setHandler(defineUpdate<number, [string]>('propose'), (word) => said.push(word));
  await condition(() => said.length === 2);
  const theirs = proxyActivities({ taskQueue: there, startToCloseTimeout: '10s' });
  const activity: unknown = await theirs['measure']?.();
  await ours.preprocess(' text ');
  const child = await startChild('echo', { taskQueue: there });
  await child.signal('say', 'hello');
  return { activity, child: await child.result() };
}

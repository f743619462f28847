import {
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  uuid4,
} from '@temporalio/workflow';
import { withSpan } from 'nestjs-onetrace/temporal/workflow';
import type * as activities from './activities.fixture.ts';

/** The history takes the ID of an activity, and a replay that gives another one fails. */
const identified = (activityId: string) =>
  proxyActivities<typeof activities>({ startToCloseTimeout: '10s', activityId });

/** Draws random numbers and time after everything that leaves no event behind. */
export async function draws(): Promise<string[]> {
  const heard: string[] = [];
  let over = false;
  setHandler(defineSignal<[string]>('hear'), async (word) => {
    heard.push(word);
    await identified(`${word} ${uuid4()}`).preprocess(word);
  });
  setHandler(defineSignal('leave'), () => {
    over = true;
  });
  setHandler(defineQuery<number>('count'), () => withSpan('counted by a query', () => heard.length));
  setHandler(defineUpdate<string>('draw'), () => uuid4(), {
    validator: () => {
      withSpan('weighed by a validator', () => undefined);
      if (heard.length === 0) throw new Error('nothing heard yet');
    },
  });
  await condition(() => over);
  const drawn = `last ${uuid4()} ${Math.random()} ${Date.now()}`;
  await withSpan('drawing', () => identified(drawn).preprocess(drawn));
  return heard;
}

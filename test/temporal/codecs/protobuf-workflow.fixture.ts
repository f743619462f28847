import { proxyActivities } from '@temporalio/workflow';
import type * as activities from '../activities.fixture.ts';

const { passed } = proxyActivities<typeof activities>({ startToCloseTimeout: '10s' });

/** Sends what it was given through an activity. */
export async function passes(value: object): Promise<object> {
  return passed(value);
}

/** Workflows of `npm run bench -- temporal`; bundled with the SDK of each variant. */
import { condition, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

interface Activities {
  next(value: number): Promise<number>;
}

const local = proxyLocalActivities<Activities>({ startToCloseTimeout: '1 minute' });
const remote = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

export async function threeLocalActivities(value: number): Promise<number> {
  return local.next(await local.next(await local.next(value)));
}

export async function threeActivities(value: number): Promise<number> {
  return remote.next(await remote.next(await remote.next(value)));
}

/** Stays in the cache, after some work, until it is terminated. */
export async function waiting(value: number): Promise<void> {
  await threeLocalActivities(value);
  await condition(() => false);
}

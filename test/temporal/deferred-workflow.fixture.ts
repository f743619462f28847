import { proxyActivities } from '@temporalio/workflow';
import type * as activities from './deferred-activity.fixture.ts';

const { completedLater } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '1 minute',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '50ms' },
});

/** Waits for an activity that somebody outside completes. */
export async function deferred(file: string): Promise<string> {
  return completedLater(file);
}

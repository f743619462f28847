import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow';

type Called = (...args: unknown[]) => Promise<unknown>;

/** Calls one activity with the given options, and waits for what becomes of it when it is cancelled. */
export async function calls(name: string, baseUrl: string, options: ActivityOptions): Promise<unknown> {
  const activities = proxyActivities<Record<string, Called>>({
    startToCloseTimeout: '30s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    ...options,
  });
  return activities[name]?.(baseUrl);
}

import { expect, it } from '@jest/globals';
import { ensureSearchAttribute } from './search-attribute.registration.js';

it('has a deadline also when the wait is no number', async () => {
  const deadlines: number[] = [];
  const connection = {
    client: { getChannel: () => ({ getConnectivityState: () => 2, watchConnectivityState: () => undefined }) },
    withDeadline: (deadline: number, run: () => Promise<unknown>) => {
      deadlines.push(deadline);
      return run();
    },
    withAbortSignal: (_signal: AbortSignal, run: () => Promise<unknown>) => run(),
    operatorService: {},
    workflowService: { countWorkflowExecutions: async () => ({}) },
  };
  await expect(ensureSearchAttribute(connection, 'default', { timeoutMs: Number.NaN })).resolves.toBe(true);
  expect(deadlines.map(Number.isFinite)).toEqual([true]);
});

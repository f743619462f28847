import { CancellationScope, createNexusServiceClient, isCancellation } from '@temporalio/workflow';
import { modelService } from './nexus-service.fixture.ts';

/** Calls one operation and gives its result. */
export async function caller(
  endpoint: string,
  operation: 'ask' | 'run' | 'refuse' | 'hangsUpOnce',
  input: string,
): Promise<string> {
  const client = createNexusServiceClient({ service: modelService, endpoint });
  return client.executeOperation(operation, input, { scheduleToCloseTimeout: '20s' });
}

/** Starts an operation that never ends by itself, and cancels it. */
export async function impatient(endpoint: string, input: string): Promise<string> {
  const client = createNexusServiceClient({ service: modelService, endpoint });
  try {
    await CancellationScope.cancellable(async () => {
      const handle = await client.startOperation('converse', input);
      CancellationScope.current().cancel();
      await handle.result();
    });
  } catch (error) {
    if (isCancellation(error)) return 'cancelled';
    throw error;
  }
  return 'ended';
}

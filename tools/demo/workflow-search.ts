import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';

const VISIBLE_MS = 10_000;

/** Workflow IDs that Temporal finds by the search attribute; its index follows a start with a short delay. */
export async function findWorkflow(address: string, traceId: string): Promise<string[]> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const deadline = Date.now() + VISIBLE_MS;
    for (;;) {
      const found: string[] = [];
      for await (const workflow of client.workflow.list({ query: `TraceId='${traceId}'` }))
        found.push(workflow.workflowId);
      if (found.length > 0 || Date.now() > deadline) return found;
      await sleep(100);
    }
  } finally {
    await connection.close();
  }
}

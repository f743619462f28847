import { randomBytes, randomUUID } from 'node:crypto';
import { Client, type Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import type { Workload } from './temporal.variants.ts';

/** Workflows that are under way at a time. */
const CONCURRENCY = 16;
/** A query that the SDK answers itself. */
const BUILT_IN_QUERY = '__temporal_workflow_metadata';

/** Starts workflows of one worker; a traced one gets the header with which a traced client would start it. */
export class WorkflowLoad {
  private readonly client: Client;
  private readonly taskQueue: string;

  constructor(connection: Connection, taskQueue: string, traced: boolean) {
    this.client = new Client({ connection, ...(traced ? { interceptors: { workflow: [HEADER_WRITER] } } : {}) });
    this.taskQueue = taskQueue;
  }

  /** Runs workflows to their end for so long; gives their IDs, all of the same length. */
  async run(workload: Workload, seconds: number): Promise<string[]> {
    const until = performance.now() + seconds * 1000;
    const workflowIds: string[] = [];
    const one = async (): Promise<void> => {
      while (performance.now() < until) {
        const workflowId = randomUUID();
        workflowIds.push(workflowId);
        await this.client.workflow.execute(workload, { taskQueue: this.taskQueue, workflowId, args: [1] });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, one));
    return workflowIds;
  }

  /** Starts workflows that wait, and resolves when each has come so far. They end with the server. */
  async leaveWaiting(workflows: number): Promise<void> {
    const handles = Array.from({ length: workflows }, () =>
      this.client.workflow.start('waiting', { taskQueue: this.taskQueue, workflowId: randomUUID(), args: [1] }),
    );
    for (const handle of await Promise.all(handles)) await handle.query(BUILT_IN_QUERY);
  }

  /** Bytes of a workflow's history, as the server counts them. */
  async historyBytes(workflowId: string): Promise<number> {
    return (await this.client.workflow.getHandle(workflowId).describe()).historySize ?? Number.NaN;
  }
}

const HEADER_WRITER: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => next({ ...input, headers: { ...input.headers, '_tracer-data': tracerData() } }),
};

function tracerData(): { metadata: Record<string, Uint8Array>; data: Uint8Array } {
  const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
  return {
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from(JSON.stringify({ traceparent })),
  };
}

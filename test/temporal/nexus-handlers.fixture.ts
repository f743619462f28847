import { log, startWorkflow, WorkflowRunOperationHandler } from '@temporalio/nexus';
import * as nexus from 'nexus-rpc';
import { modelService } from './nexus-service.fixture.ts';

const hungUp = new Set<string>();

export const modelHandlers = nexus.serviceHandler(modelService, {
  ask: async (_ctx, input) => {
    log.info('in the operation');
    return input.toUpperCase();
  },
  run: new WorkflowRunOperationHandler<string, string>((ctx, input) =>
    startWorkflow<(input: string) => Promise<string>>(ctx, 'child', { args: [input], workflowId: `run-for-${input}` }),
  ),
  converse: new WorkflowRunOperationHandler<string, string[]>((ctx, input) =>
    startWorkflow<() => Promise<string[]>>(ctx, 'conversation', { workflowId: `converse-with-${input}` }),
  ),
  refuse: async () => {
    throw new nexus.HandlerError('BAD_REQUEST', 'no such model');
  },
  hangsUpOnce: async (ctx, input) => {
    if (hungUp.has(ctx.requestId)) return input;
    hungUp.add(ctx.requestId);
    throw new Error('the model hung up');
  },
});

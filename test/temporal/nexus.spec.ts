import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client, type WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { type Stage, startStage } from './temporal.harness.ts';
import { ancestry, expectWhole } from './whole-trace.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  for (const taskQueue of ['cached', 'cacheless']) {
    await stage.connection.operatorService.createNexusEndpoint({
      spec: { name: `models-${taskQueue}`, target: { worker: { namespace: 'default', taskQueue } } },
    });
    const cache = taskQueue === 'cached' ? {} : { maxCachedWorkflows: 0 };
    await stage.worker.tell({ do: 'work', taskQueue, traced: true, nexus: true, ...cache });
  }
});
afterAll(() => stage?.stop());

function named(spans: Span[], name: string): Span | undefined {
  return spans.find((span) => span.name === name);
}

describe.each(['cached', 'cacheless'])('a workflow that calls Nexus operations, on a %s worker', (taskQueue) => {
  const endpoint = `models-${taskQueue}`;
  const call = (operation: string) => {
    const workflowId = `${operation}-${taskQueue}`;
    return stage.inTrace<unknown>(() =>
      stage.client.workflow.execute('caller', { taskQueue, workflowId, args: [endpoint, operation, taskQueue] }),
    );
  };

  it('is one trace with a synchronous operation', async () => {
    const { traceId, result } = await call('ask');
    expect(result).toBe(taskQueue.toUpperCase());
    const spans = await stage.trace(traceId, 'CompleteWorkflow:caller');
    expectWhole(spans);
    const handler = named(spans, 'RunStartNexusOperationHandler:models/ask');
    expect(handler).toMatchObject({
      kind: 'server',
      status: 'unset',
      attributes: { 'temporal.nexus.service': 'models', 'temporal.nexus.operation': 'ask' },
    });
    expect(ancestry(spans, handler).slice(-3)).toEqual([
      'RunWorkflow:caller',
      'StartNexusOperation:models/ask',
      'RunStartNexusOperationHandler:models/ask',
    ]);
    expect(named(spans, 'StartNexusOperation:models/ask')).toMatchObject({
      kind: 'client',
      attributes: { 'temporal.nexus.endpoint': endpoint },
    });
    const lines = stage.lines(traceId).filter(({ span_id }) => span_id === handler?.spanId);
    expect(lines.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['nexus operation started', 'in the operation', 'nexus operation completed']),
    );
    for (const line of lines) expect(line).toMatchObject({ client_id: 'dept-a', pipeline_id: 'text-embedding' });
  });

  it('is one trace with an operation that runs a workflow, whose activities included', async () => {
    const { traceId, result } = await call('run');
    expect(result).toBe(taskQueue.toUpperCase());
    const spans = await stage.trace(traceId, 'CompleteWorkflow:caller');
    expectWhole(spans);
    expect(ancestry(spans, named(spans, 'RunActivity:postprocess')).slice(2)).toEqual([
      'RunWorkflow:caller',
      'StartNexusOperation:models/run',
      'RunStartNexusOperationHandler:models/run',
      'StartWorkflow:child',
      'RunWorkflow:child',
      'StartActivity:postprocess',
      'RunActivity:postprocess',
    ]);
  });

  it('shows why a handler refused, and what was tried again', async () => {
    await expect(call('refuse')).rejects.toThrow();
    const { traceId } = await call('hangsUpOnce');
    const spans = await stage.trace(traceId, 'CompleteWorkflow:caller');
    expectWhole(spans);
    const attempts = spans.filter(({ name }) => name === 'RunStartNexusOperationHandler:models/hangsUpOnce');
    expect(attempts.map(({ status, statusMessage }) => [status, statusMessage]).sort()).toEqual([
      ['error', 'the model hung up'],
      ['unset', undefined],
    ]);
    const failed = stage.allLines().filter((line) => line.message === 'nexus operation failed');
    expect(failed.map(({ level, error, extra }) => [level, error, extra]).slice(-2)).toMatchObject([
      ['ERROR', { message: 'no such model' }, { will_retry: false }],
      ['WARN', { message: 'the model hung up' }, { will_retry: true }],
    ]);
  });

  it('shows the cancellation in the same trace', async () => {
    const workflowId = `impatient-${taskQueue}`;
    const { traceId, result } = await stage.inTrace<unknown>(() =>
      stage.client.workflow.execute('impatient', { taskQueue, workflowId, args: [endpoint, taskQueue] }),
    );
    expect(result).toBe('cancelled');
    const spans = await stage.trace(traceId, 'CompleteWorkflow:impatient');
    expectWhole(spans);
    expect(ancestry(spans, named(spans, 'CancelWorkflow')).slice(-3)).toEqual([
      'StartNexusOperation:models/converse',
      'RunCancelNexusOperationHandler:models/converse',
      'CancelWorkflow',
    ]);
    expect(spans.filter(({ status }) => status === 'error').map(({ name }) => name)).toEqual([]);
  });

  it.each([
    ['no Unicode', 'k=\ud800'],
    ['of several lines', 'k=1\r\nhost: elsewhere'],
    ['longer than a server takes', `k=${'v'.repeat(7000)}`],
  ])('reaches the operation, with its trace, when another client sent texts that are %s', async (what, text) => {
    const traceId = randomUUID().replaceAll('-', '');
    const carrier = { traceparent: `00-${traceId}-${traceId.slice(16)}-01`, tracestate: text, baggage: text };
    const headers = { '_tracer-data': defaultPayloadConverter.toPayload(carrier) };
    const other: WorkflowClientInterceptor = {
      startWithDetails: (input, next) => next({ ...input, headers: headers }),
    };
    const client = new Client({ connection: stage.connection, interceptors: { workflow: [other] } });
    const workflowId = `${what}-${taskQueue}`;
    const args = [endpoint, 'ask', taskQueue];
    await expect(client.workflow.execute('caller', { taskQueue, workflowId, args })).resolves.toBe(
      taskQueue.toUpperCase(),
    );
    const spans = await stage.trace(traceId, 'CompleteWorkflow:caller');
    expect(named(spans, 'RunStartNexusOperationHandler:models/ask')).toBeDefined();
  });

  it('derives the same span IDs when it is replayed, and replays without tracing', async () => {
    const workflowId = `ask-${taskQueue}`;
    const replayed = (await stage.worker.tell({ do: 'replay', workflowId, traced: true })) as string[];
    expect(new Set(replayed).size).toBe(3);
    await expect(stage.worker.tell({ do: 'replay', workflowId, traced: false })).resolves.toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { temporalTracing } from '../../../libs/nestjs-onetrace/src/temporal/index.ts';
import { readTracerData } from '../../../libs/nestjs-onetrace/src/temporal/workflow/tracer-data.ts';
import { type Stage, startStage } from '../temporal.harness.ts';
import { expectWhole } from '../whole-trace.ts';
import { ENCRYPTING } from './data-converter.ts';

jest.setTimeout(120_000);

let stage: Stage;
let client: Client;
beforeAll(async () => {
  stage = await startStage();
  client = new Client({ connection: stage.connection, plugins: [temporalTracing()], dataConverter: ENCRYPTING });
  for (const maxCachedWorkflows of [0, 10]) {
    const taskQueue = `encrypting-${maxCachedWorkflows}`;
    await stage.worker.tell({
      do: 'work',
      taskQueue,
      traced: true,
      encrypting: true,
      fromPath: true,
      maxCachedWorkflows,
    });
  }
});
afterAll(() => stage?.stop());

const encodingOf = (payload: Payload | undefined): string =>
  Buffer.from(payload?.metadata?.['encoding'] ?? []).toString();

describe.each([0, 10])('an application that encrypts its payloads, with %d workflows in the cache', (cached) => {
  const taskQueue = `encrypting-${cached}`;

  it('keeps its values, and the trace stays whole beside them: headers are not encrypted, the rest is', async () => {
    const workflowId = `encrypted-${cached}`;
    const { traceId, result } = await stage.inTrace<unknown>(() =>
      client.workflow.execute('pipeline', { taskQueue, workflowId, args: [' text '], memo: { mine: 'stays' } }),
    );
    expect(result).toBe('ANSWER TO TEXT');
    const spans = await stage.trace(traceId, 'CompleteWorkflow:pipeline');
    expectWhole(spans);
    expect(spans).toHaveLength(16);

    const handle = client.workflow.getHandle(workflowId);
    expect((await handle.describe()).memo).toEqual({ mine: 'stays' });
    const { events } = await handle.fetchHistory();
    const inputs: string[] = [];
    for (const event of events ?? []) {
      const { workflowExecutionStartedEventAttributes: started, activityTaskScheduledEventAttributes: activity } =
        event;
      const asked = started ?? activity ?? event.startChildWorkflowExecutionInitiatedEventAttributes;
      if (!asked) continue;
      inputs.push(...(asked.input?.payloads ?? []).map(encodingOf));
      expect(readTracerData(asked.header?.fields ?? {})).toMatchObject({
        traceparent: expect.stringContaining(traceId),
        baggage: expect.stringContaining('client_id=dept-a'),
      });
    }
    expect(new Set(inputs)).toEqual(new Set(['binary/encrypted']));
  });

  it('reads the trace ID in the memo where there is no search attribute', async () => {
    const unregistered = new Client({
      connection: stage.untracedClient.connection,
      plugins: [temporalTracing({ searchAttribute: `Unregistered${cached}` })],
      dataConverter: ENCRYPTING,
    });
    const { traceId, result: handle } = await stage.inTrace(() =>
      unregistered.workflow.start('child', { taskQueue, workflowId: `memo-${cached}`, args: ['x'] }),
    );
    await expect(handle.result()).resolves.toBe('X');
    const { memo, raw } = await handle.describe();
    expect(memo).toEqual({ trace_id: traceId });
    expect(encodingOf(raw.workflowExecutionInfo?.memo?.fields?.['trace_id'])).toBe('binary/encrypted');
  });

  it('reads the messages of failures, which are encrypted on their way', async () => {
    const workflowId = `failing-encrypted-${cached}`;
    const { traceId } = await stage.inTrace(() =>
      expect(
        client.workflow.execute('failing', { taskQueue, workflowId, args: ['application'] }),
      ).rejects.toMatchObject({ cause: { message: 'no such model', type: 'ModelMissing' } }),
    );
    const spans = await stage.trace(traceId, 'CompleteWorkflow:failing');
    expect(spans.find(({ name }) => name === 'CompleteWorkflow:failing')).toMatchObject({
      status: 'error',
      statusMessage: 'no such model',
    });
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const failure = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
    expect(failure?.message).toBe('Encoded failure');
    expect(encodingOf(failure?.encodedAttributes ?? undefined)).toBe('binary/encrypted');
  });
});

it('a payload of 1 MiB arrives in a workflow, an activity and a result beside our header', async () => {
  await stage.worker.tell({ do: 'work', taskQueue: 'large', traced: true, maxCachedWorkflows: 0 });
  const text = 'x'.repeat(1024 * 1024 - 2);
  const { traceId, result } = await stage.inTrace<unknown>(() =>
    stage.client.workflow.execute('child', { taskQueue: 'large', workflowId: 'large', args: [text] }),
  );
  expect(result === text.toUpperCase()).toBe(true);
  expectWhole(await stage.trace(traceId, 'CompleteWorkflow:child'));
});

it('what is too large for Temporal is refused in the same words with and without our header', async () => {
  const text = 'x'.repeat(2 * 1024 * 1024);
  const refusals = [stage.client, stage.untracedClient].map((one, index) =>
    one.workflow
      .start('child', { taskQueue: 'large', workflowId: `too-large-${index}`, args: [text] })
      .catch((error: Error) => (error.cause as { details?: string }).details),
  );
  const [traced, untraced] = await Promise.all(refusals);
  expect(traced).toMatch(/size exceeds limit/);
  expect(traced).toBe(untraced);
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { expectWhole } from '../temporal/whole-trace.ts';
import { spanNamed } from './attempt-tree.ts';
import { startMlServer } from './mlserver.process.ts';
import { type ModelServerStage, startModelServerStage } from './model-server.stage.ts';
import { startOtlpGrpcReceiver } from './otlp-grpc.receiver.ts';

// Time for a set-up on a fresh machine.
jest.setTimeout(600_000);

const INFER = 'POST /v2/models/{model_name}/infer';
const vector = (name: string, ...data: number[]) => ({ name, datatype: 'FP32', shape: [1, data.length], data });
const INPUTS = { inputs: [vector('INPUT0', 1, 2), vector('INPUT1', 10, 20)] };

let stage: ModelServerStage;
beforeAll(async () => {
  stage = await startModelServerStage('kserve', async ({ folder, receiver }) => {
    const collector = await startOtlpGrpcReceiver(receiver.spans);
    try {
      const server = await startMlServer(folder, collector.address);
      return { url: server.url, stop: () => server.stop().finally(() => collector.close()) };
    } catch (error) {
      await collector.close();
      throw error;
    }
  });
});
afterAll(() => stage?.stop());

/** The whole trace and, of it, the attempt and what hangs under it from the server. */
async function served(traceId: string, name = INFER) {
  const spans = await stage.spans(traceId, name);
  expectWhole(spans);
  const attempt = spans.find((span) => /^(POST|GET) 127/.test(span.name)) as Span;
  const received = spanNamed(spans, name);
  expect([received.kind, received.parentSpanId]).toEqual(['server', attempt.spanId]);
  return { spans, attempt, received };
}

describe("MLServer's own span hangs under the attempt of the connector", () => {
  it('infer', async () => {
    const { traceId, value } = await stage.caller.call('infer', 'add', INPUTS);
    expect(value).toMatchObject({ model_name: 'add', outputs: [{ name: 'OUTPUT0', data: [11, 22] }] });
    const { received, attempt } = await served(traceId);
    expect(received.attributes['http.status_code']).toBe(200);
    expect(received.startMs).toBeGreaterThanOrEqual(attempt.startMs);
  });

  it('a text', async () => {
    const inputs = [{ name: 'text_input', datatype: 'BYTES', shape: [1], data: ['hello'] }];
    const { traceId, value } = await stage.caller.call('infer', 'text', { inputs });
    expect(value).toMatchObject({ outputs: [{ name: 'text_output', data: ['echo: hello'] }] });
    await served(traceId);
  });

  it('when the model fails', async () => {
    const { traceId, error } = await stage.caller.call('infer', 'fail', INPUTS);
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_STATUS', status: 500 });
    const { received } = await served(traceId);
    expect(received.status).toBe('error');
  });

  it('when there is no such model', async () => {
    const { traceId, error } = await stage.caller.call('infer', 'nope', INPUTS);
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_STATUS', status: 404 });
    const { received } = await served(traceId);
    expect(received.attributes['http.status_code']).toBe(404);
  });

  it('but not when nobody records the trace', async () => {
    const { traceId, value } = await stage.caller.order({ method: 'infer', args: ['add', INPUTS], unsampled: true });
    expect(value).toMatchObject({ outputs: [{ data: [11, 22] }] });
    // A later request has arrived completely.
    await served((await stage.caller.call('infer', 'add', INPUTS)).traceId);
    expect(stage.allSpans.filter((span) => span.traceId === traceId)).toEqual([]);
  });
});

it('MLServer says what a model takes, and whether it is ready', async () => {
  expect((await stage.caller.call('metadata', 'add')).value).toMatchObject({ name: 'add', inputs: [] });
  expect((await stage.caller.call('isReady', 'add')).value).toBe(true);
  expect((await stage.caller.call('isReady', 'nope')).value).toBe(false);
});

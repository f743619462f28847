import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { startTriton } from '../../tools/chain/triton.process.ts';
import { expectWhole } from '../temporal/whole-trace.ts';
import { callTree, spanNamed } from './attempt-tree.ts';
import { describeContract } from './contract/contract.runner.ts';
import { KSERVE_CASES } from './contract/kserve.cases.ts';
import { type ModelServerStage, startModelServerStage } from './model-server.stage.ts';

// Time for a set-up on a fresh machine.
jest.setTimeout(600_000);

const vector = (name: string, ...data: number[]) => ({ name, datatype: 'FP32', shape: [1, data.length], data });
const INPUTS = { inputs: [vector('INPUT0', 1, 2), vector('INPUT1', 10, 20)] };

const TENSORS = {
  BOOL: Uint8Array.of(1, 0),
  INT8: Int8Array.of(-1, 2),
  INT16: Int16Array.of(-2, 258),
  INT32: Int32Array.of(-2, 16_909_060),
  INT64: BigInt64Array.of(-2n, 2n ** 53n - 1n),
  UINT8: Uint8Array.of(255, 1),
  UINT16: Uint16Array.of(65_534, 1),
  UINT32: Uint32Array.of(4_294_967_294, 1),
  UINT64: BigUint64Array.of(2n ** 53n - 1n, 1n),
  FP16: Float32Array.of(1.5, -65_504),
  BF16: Float32Array.of(1.5, -2),
  FP32: Float32Array.of(1.5, -2),
  FP64: Float64Array.of(1.5, -2.25),
  BYTES: [Buffer.from('eins'), Buffer.from('zwölf')],
};

/** What Triton makes of one request, below an attempt. */
const serverSpans = (model: string): string => `    server InferRequest\n      server ${model}\n        server compute`;

let stage: ModelServerStage;
beforeAll(async () => {
  stage = await startModelServerStage('kserve', ({ folder, receiver }) =>
    startTriton({ report: console.error, folder: join(folder, 'triton'), otlpEndpoint: receiver.url }),
  );
});
afterAll(() => stage?.stop());

describe("Triton's own spans hang under the attempt of the connector", () => {
  it.each([
    ['infer', 'add', INPUTS, 'client infer add'],
    ['generate', 'text', { text_input: 'hello' }, 'client text_completion text'],
    ['generateStream', 'stream', { text_input: 'one two three' }, 'client text_completion stream'],
  ])('%s', async (method, model, body, call) => {
    const { traceId, error } = await stage.caller.call(method, model, body);
    expect(error).toBeUndefined();
    const spans = await stage.spans(traceId, 'compute');
    expectWhole(spans);
    expect(callTree(spans)).toBe(`${call}\n  client POST *\n${serverSpans(model)}`);
    const [attempt, received] = [spans.find(({ name }) => name.startsWith('POST ')), spanNamed(spans, 'InferRequest')];
    expect(received.parentSpanId).toBe(attempt?.spanId);
    // Both clocks are this machine's: what the server did lies inside of what the attempt waited for.
    expect(received.startMs).toBeGreaterThanOrEqual(attempt?.startMs ?? Infinity);
  });

  it('each with the request ID of its attempt, so that one finds the other without a trace', async () => {
    const { traceId } = await stage.caller.call('infer', 'add', INPUTS);
    const spans = await stage.spans(traceId, 'compute');
    const id = spanNamed(spans, 'add').attributes['triton.request_id'];
    const attempt = spans.find(({ name }) => name.startsWith('POST '));
    expect(id).toMatch(new RegExp(`-${attempt?.spanId}$`));
    expect(stage.caller.lines).toContainEqual(
      expect.objectContaining({
        message: 'model request sent',
        trace_id: traceId,
        extra: expect.objectContaining({ request_id: id }),
      }),
    );
  });

  it('also when the model fails, which only the attempt tells: Triton leaves its own status unset', async () => {
    const { traceId, error } = await stage.caller.call('infer', 'fail', { inputs: [vector('INPUT0', 1)] });
    expect(error).toMatchObject({
      code: 'ONETRACE_CONNECTOR_STATUS',
      status: 500,
      message: expect.stringContaining('the model failed'),
    });
    const spans = await stage.spans(traceId, 'compute');
    expect(callTree(spans)).toBe(`client infer fail\n  client POST *\n${serverSpans('fail')}`);
    const statuses = spans.map(({ name, status }) => [name.split(' ')[0], status]);
    expect(Object.fromEntries(statuses)).toMatchObject({ infer: 'error', POST: 'error', InferRequest: 'unset' });
  });

  it('also when nobody records the trace: Triton ignores the sampled flag', async () => {
    const { traceId, value } = await stage.caller.order({ method: 'infer', args: ['add', INPUTS], unsampled: true });
    expect(value).toMatchObject({ outputs: [{ data: [11, 22] }] });
    // A later request has arrived completely.
    const later = await stage.caller.call('infer', 'add', INPUTS);
    await stage.spans(later.traceId, 'compute');
    const recorded = stage.allSpans.filter((span) => span.traceId === traceId).map(({ name }) => name);
    expect(recorded.sort()).toEqual(['InferRequest', 'add', 'compute']);
  });
});

describe('tensors', () => {
  it('go to Triton as bytes and come back typed', async () => {
    const [a, b] = [Float32Array.of(1, 2), Float32Array.of(10.5, 20)];
    const inputs = [
      { ...vector('INPUT0'), shape: [1, 2], data: a },
      { ...vector('INPUT1'), shape: [1, 2], data: b },
    ];
    const { traceId, value } = await stage.caller.call('inferTensors', 'add', { inputs });
    expect(value).toMatchObject({ outputs: [{ datatype: 'FP32', shape: [1, 2], data: Float32Array.of(11.5, 22) }] });
    expect(callTree(await stage.spans(traceId, 'compute'))).toBe(
      `client infer add\n  client POST *\n${serverSpans('add')}`,
    );
  });

  it.each(Object.entries(TENSORS))('of %s mean the same to Triton, and pass it unchanged', async (datatype, data) => {
    const input = { name: `IN_${datatype}`, datatype, shape: [data.length], data };
    const output = { ...input, name: `OUT_${datatype}` };
    const { error, value } = await stage.caller.call('inferTensors', 'identity', { inputs: [input] });
    expect(error).toBeUndefined();
    expect(value).toMatchObject({ outputs: [output] });
    if (datatype === 'FP16' || datatype === 'BF16') return;
    // As JSON, its own reading of the bytes shows.
    const outputs = [{ name: output.name, parameters: { binary_data: false } }];
    const read = await stage.caller.call('inferTensors', 'identity', { inputs: [input], outputs });
    expect(read).toMatchObject({ value: { outputs: [output] } });
  });
});

describe('a stream of Triton', () => {
  it('is one server span with an event for each answer that it sent', async () => {
    const { traceId, value } = await stage.caller.call('generateStream', 'stream', { text_input: 'one two three' });
    expect(value).toMatchObject([{ text_output: 'one' }, { text_output: 'two' }, { text_output: 'three' }]);
    const { events } = spanNamed(await stage.spans(traceId, 'InferRequest'), 'InferRequest');
    expect(events.filter(({ name }) => name === 'HTTP_SEND_START')).toHaveLength(3);
  });

  it('that fails in the middle is a failed call, though the server said 200', async () => {
    const { traceId, error } = await stage.caller.call('generateStream', 'stream', { text_input: 'one fail' });
    expect(error).toMatchObject({
      code: 'ONETRACE_CONNECTOR_STREAM',
      message: expect.stringContaining('the model failed'),
    });
    const spans = await stage.spans(traceId, 'InferRequest');
    expect(spanNamed(spans, 'text_completion stream').status).toBe('error');
  });

  // What a message repeats of the request is cut out of it, here the word that makes the model fail.
  it.each([
    ['that fails at once', 'generateStream', 'fail', 'with 400: "the model '],
    [
      'that is asked for as a whole',
      'generate',
      'one two',
      'is an error: "generate expects model to produce exactly 1 response',
    ],
  ])('%s is a failed call in the words of Triton', async (_, method, text, message) => {
    const { error } = await stage.caller.call(method, 'stream', { text_input: text });
    expect(error?.message).toContain(message);
  });

  it('that its reader leaves ends without an error', async () => {
    const { traceId, value, error } = await stage.caller.order({
      method: 'generateStream',
      args: ['stream', { text_input: 'one two three four five' }],
      leaveAfter: 2,
    });
    expect([error, value]).toMatchObject([undefined, [{ text_output: 'one' }, { text_output: 'two' }]]);
    const spans = await stage.spans(traceId, 'InferRequest');
    expectWhole(spans);
    expect(spanNamed(spans, 'text_completion stream').status).toBe('unset');
  });
});

describe('what Triton says of itself', () => {
  it('a model, and a version of it, is ready or not', async () => {
    const ready = async (...args: unknown[]) => (await stage.caller.call('isReady', ...args)).value;
    expect(await ready()).toBe(true);
    expect(await ready('add')).toBe(true);
    expect(await ready('add', { version: '1' })).toBe(true);
    expect(await ready('add', { version: '7' })).toBe(false);
    expect(await ready('nope')).toBe(false);
  });

  it('metadata, configuration and statistics', async () => {
    expect((await stage.caller.call('metadata', 'add')).value).toMatchObject({
      platform: 'python',
      versions: ['1'],
      inputs: [{ name: 'INPUT0', datatype: 'FP32', shape: [-1, -1] }, { name: 'INPUT1' }],
    });
    expect((await stage.caller.call('config', 'add', { version: '1' })).value).toMatchObject({
      max_batch_size: 8,
      input: [{ data_type: 'TYPE_FP32' }, { name: 'INPUT1' }],
    });
    const counted = async (): Promise<number> => {
      const { value } = await stage.caller.call('statistics', 'text');
      return (value as { model_stats: [{ inference_count: number }] }).model_stats[0].inference_count;
    };
    const before = await counted();
    await stage.caller.call('generate', 'text', { text_input: 'once more' });
    expect(await counted()).toBe(before + 1);
  });

  it('a version is asked for by its path', async () => {
    expect((await stage.caller.call('infer', 'add', INPUTS, { version: '1' })).value).toMatchObject({
      model_version: '1',
      outputs: [{ name: 'OUTPUT0', data: [11, 22] }],
    });
  });

  it.each([
    ['an unknown model', ['nope', INPUTS], "unknown model: 'nope' is not found"],
    ['an unknown version', ['add', INPUTS, { version: '7' }], 'version 7 is not found'],
  ])('%s is a failed call without a server span', async (_, args, message) => {
    const { traceId, error } = await stage.caller.call('infer', ...args);
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_STATUS', status: 404 });
    expect(error?.message).toContain(message);
    expect((await stage.spans(traceId)).map(({ name }) => name)).not.toContain('InferRequest');
  });
});

describeContract('Triton', KSERVE_CASES, () => ({ url: stage.url, spans: stage.allSpans }));

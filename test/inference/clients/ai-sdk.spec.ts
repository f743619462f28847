import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startInference } from '../../../tools/chain/inference.process.ts';
import { expectWhole } from '../../temporal/whole-trace.ts';
import { callTree, spanNamed } from '../attempt-tree.ts';
import { type ModelServerStage, startModelServerStage } from '../model-server.stage.ts';
import { startModelApiServer } from './model-api.server.ts';

jest.setTimeout(60_000);

const CLIENT = new URL('ai-sdk.methods.ts', import.meta.url).href;
const ONE_CALL = 'client chat tiny\n  client POST *';

describe('the AI SDK over connector.fetch, to the stand-in', () => {
  let stage: ModelServerStage;
  beforeAll(async () => {
    stage = await startModelServerStage(
      'openai',
      ({ folder, receiver }) => startInference({ folder, otlpEndpoint: receiver.url }),
      CLIENT,
    );
  });
  afterAll(() => stage?.stop());

  it.each([
    ['generate', { text: 'You said: good morning', finishReason: 'stop', inputTokens: 2, outputTokens: 4 }],
    ['stream', { text: 'You said: good morning', outputTokens: 4 }],
  ])('%sText is one call with its tokens, and the span of the server hangs under its attempt', async (method, said) => {
    const { traceId, value } = await stage.caller.call(method, 'good morning');
    expect(value).toEqual(said);
    const spans = await stage.spans(traceId, 'llm_request');
    expectWhole(spans);
    expect(callTree(spans)).toBe(`${ONE_CALL}\n    server llm_request`);
    expect(spanNamed(spans, 'chat tiny').attributes['gen_ai.usage.output_tokens']).toBe(4);
  });

  it('an error in the middle of a stream goes to onError alone, and fails the call', async () => {
    const { traceId, value } = await stage.caller.call('failing', 'good morning [fault:stream-error]');
    expect(value).toEqual({ failures: ['fault on demand: the model failed'], text: 'You said: good' });
    const spans = await stage.spans(traceId);
    expect(spanNamed(spans, 'chat tiny').attributes['error.type']).toBe('ONETRACE_CONNECTOR_STREAM');
  });

  it('an abort reaches the server and ends the call once', async () => {
    const { traceId, value } = await stage.caller.call('aborted', '[fault:hang]');
    expect(value).toMatchObject({ message: expect.stringMatching(/abort|timeout/i) });
    const spans = await stage.spans(traceId);
    expect(callTree(spans)).toBe(ONE_CALL);
    expect(spanNamed(spans, 'chat tiny').attributes['error.type']).toBe('ONETRACE_CONNECTOR_ABORTED');
  });
});

describe('the AI SDK over connector.fetch, to a server that calls tools', () => {
  let stage: ModelServerStage;
  beforeAll(async () => {
    stage = await startModelServerStage('openai', () => startModelApiServer(), CLIENT);
  });
  afterAll(() => stage?.stop());

  it('each step is a call', async () => {
    const { traceId, value } = await stage.caller.call('tools', '1 + 2?');
    expect(value).toEqual({ text: 'It is 3.', results: [3] });
    const spans = await stage.spans(traceId);
    expectWhole(spans);
    expect(callTree(spans)).toBe(`${ONE_CALL}\n${ONE_CALL}`);
  });
});

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Span } from '../../../libs/onetrace/src/telemetry/span.ts';
import { startInference } from '../../../tools/chain/inference.process.ts';
import { until } from '../../temporal/temporal.harness.ts';
import { expectWhole } from '../../temporal/whole-trace.ts';
import { callTree, spanNamed } from '../attempt-tree.ts';
import { type ModelServerStage, startModelServerStage } from '../model-server.stage.ts';
import { type ModelApiServer, startModelApiServer } from './model-api.server.ts';

jest.setTimeout(60_000);

const CLIENT = new URL('openai.methods.ts', import.meta.url).href;
const say = (content: string, more: object = {}) => ({ model: 'tiny', messages: [{ role: 'user', content }], ...more });
const ONE_CALL = 'client chat tiny\n  client POST *';

/** The whole trace of a call, and of it the call's own span. */
async function spansOf(stage: ModelServerStage, traceId: string, last = 'request') {
  const spans = await stage.spans(traceId, last);
  expectWhole(spans);
  return { spans, call: spans.find(({ name }) => name.startsWith('chat')) as Span };
}

/** Neither the key nor what was said is in any line or span. */
function expectNothingLeft(stage: ModelServerStage): void {
  const all = JSON.stringify([stage.caller.lines, stage.allSpans]);
  for (const secret of ['sk-client-0123456789', 'good morning', 'You said']) expect(all).not.toContain(secret);
}

describe('the openai package over connector.fetch, to the stand-in', () => {
  let stage: ModelServerStage;
  beforeAll(async () => {
    stage = await startModelServerStage(
      'openai',
      ({ folder, receiver }) => startInference({ folder: join(folder), otlpEndpoint: receiver.url }),
      CLIENT,
    );
  });
  afterAll(() => stage?.stop());

  it('a chat is one call with its tokens, and the span of the server hangs under its attempt', async () => {
    const { traceId, value } = await stage.caller.call('chat', say('good morning'));
    expect(value).toMatchObject({ choices: [{ message: { content: 'You said: good morning' } }] });
    const { spans, call } = await spansOf(stage, traceId, 'llm_request');
    expect(callTree(spans)).toBe(`${ONE_CALL}\n    server llm_request`);
    expect(call.attributes).toMatchObject({
      'gen_ai.request.model': 'tiny',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 2,
      'gen_ai.usage.output_tokens': 4,
    });
    expectNothingLeft(stage);
  });

  it('so is a streamed one, with the time to its first chunk', async () => {
    const body = say('good morning', { stream_options: { include_usage: true } });
    const { traceId, value } = await stage.caller.call('chatStream', body);
    expect((value as { choices: unknown[] }[]).at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
    const { spans, call } = await spansOf(stage, traceId, 'llm_request');
    expect(callTree(spans)).toBe(`${ONE_CALL}\n    server llm_request`);
    expect(call.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'gen_ai.usage.output_tokens': 4,
    });
    expectNothingLeft(stage);
  });

  it('an overloaded server is asked again by the connector, inside the one call', async () => {
    const { traceId, value } = await stage.caller.call('chat', say('[fault:503-once] good morning'));
    expect(value).toMatchObject({ object: 'chat.completion' });
    const { spans, call } = await spansOf(stage, traceId, 'llm_request');
    expect(spans.filter(({ name }) => name.startsWith('POST '))).toHaveLength(2);
    expect(spans.filter(({ name }) => name === 'chat tiny')).toHaveLength(1);
    expect(call.attributes['onetrace.attempts']).toBe(2);
  });

  it('an error of the server is the error that the package makes of it', async () => {
    const { traceId, value } = await stage.caller.call('chat', { ...say('good morning'), model: 'nope' });
    expect(value).toMatchObject({
      error: 'NotFoundError',
      status: 404,
      message: expect.stringContaining('does not exist'),
    });
    const { call } = await spansOf(stage, traceId);
    expect(call).toMatchObject({ name: 'chat nope', status: 'error' });
  });

  it('a broken connection is its connection error, with the causes of fetch', async () => {
    const { traceId, value } = await stage.caller.call('chat', say('[fault:reset]'));
    expect(value).toMatchObject({
      error: 'APIConnectionError',
      cause: {
        error: 'TypeError',
        message: 'fetch failed',
        cause: { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) },
      },
    });
    const { spans } = await spansOf(stage, traceId);
    expect(spans.filter(({ name }) => name.startsWith('POST '))).toHaveLength(3);
  });

  it.each([
    ['aborted', 'APIUserAbortError'],
    ['late', 'APIConnectionTimeoutError'],
  ])('a call that is %s ends with its %s', async (method, error) => {
    const { traceId, value } = await stage.caller.call(method, say('[fault:hang]'));
    expect(value).toMatchObject({ error });
    const { spans, call } = await spansOf(stage, traceId);
    expect(callTree(spans)).toBe(ONE_CALL);
    expect(call).toMatchObject({ status: 'error', attributes: { 'error.type': 'ONETRACE_CONNECTOR_ABORTED' } });
  });

  it('another base URL than the connector has is refused, and says why', async () => {
    const { value } = await stage.caller.call('elsewhere', 'http://127.0.0.2:9/v1', say('good morning'));
    expect(value).toMatchObject({ error: 'APIConnectionError', cause: { cause: { code: 'ONETRACE_INVALID_OPTION' } } });
  });

  it('what is no call of a model has a plain span', async () => {
    const { traceId, value } = await stage.caller.call('models');
    expect(value).toMatchObject([{ id: 'tiny' }]);
    const { spans } = await spansOf(stage, traceId);
    expect(callTree(spans)).toBe('internal request models\n  client GET *');
  });
});

describe('the openai package over connector.fetch, to a server that calls tools', () => {
  let stage: ModelServerStage;
  let server: ModelApiServer;
  const tools = [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }];
  beforeAll(async () => {
    stage = await startModelServerStage('openai', async () => (server = await startModelApiServer()), CLIENT);
  });
  afterAll(() => stage?.stop());

  it.each(['chat', 'chatStreamed'])('a tool call comes through: %s', async (method) => {
    const { traceId, value } = await stage.caller.call(method, say('1 + 2?', { tools }));
    const call = { function: { name: 'add', arguments: '{"a":1,"b":2}' } };
    expect(value).toMatchObject({ choices: [{ finish_reason: 'tool_calls', message: { tool_calls: [call] } }] });
    const { spans, call: span } = await spansOf(stage, traceId);
    expect(callTree(spans)).toBe(ONE_CALL);
    expect(span.attributes['gen_ai.response.finish_reasons']).toEqual(['tool_calls']);
  });

  it('embeddings come as the package decodes them', async () => {
    const { traceId, value } = await stage.caller.call('embeddings', 'good morning');
    expect(value).toMatchObject({ data: [{ embedding: [0.5, -2] }] });
    const { spans } = await spansOf(stage, traceId);
    expect(spanNamed(spans, 'embeddings tiny').attributes['gen_ai.usage.input_tokens']).toBe(2);
  });

  it('a file is uploaded whole', async () => {
    const { traceId, value } = await stage.caller.call('upload', '{"a":1}\n'.repeat(20_000));
    expect(value).toMatchObject({ id: 'file-1' });
    expect(server.received.at(-1)?.body).toContain('{"a":1}\n'.repeat(20_000));
    const { spans } = await spansOf(stage, traceId);
    expect(callTree(spans)).toBe('internal request models\n  client POST *');
  });

  it('a consumer that leaves the loop stops the server, and that is no failure', async () => {
    const { traceId, value } = await stage.caller.call('chatStream', say('go on'), 3);
    expect(value).toHaveLength(3);
    await until('the client has left', () => (server.left === 1 ? true : undefined));
    const { call } = await spansOf(stage, traceId);
    expect(call.status).not.toBe('error');
    expect(call.events.map(({ name }) => name)).toEqual(['stream stopped by its consumer']);
  });

  it('its own key goes out where the connector has none, beside the trace of the attempt', async () => {
    const { traceId } = await stage.caller.call('embeddings', 'good morning');
    const { spans } = await spansOf(stage, traceId);
    const attempt = spans.find(({ name }) => name.startsWith('POST '));
    expect(server.received.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer sk-client-0123456789',
      traceparent: expect.stringContaining(`00-${traceId}-${attempt?.spanId}-`),
    });
    expectNothingLeft(stage);
  });
});

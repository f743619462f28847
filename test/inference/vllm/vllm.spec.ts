import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { expectWhole } from '../../temporal/whole-trace.ts';
import { callTree, spanNamed } from '../attempt-tree.ts';
import { startCaller } from '../caller.process.ts';
import { describeContract } from '../contract/contract.runner.ts';
import { OPENAI_CASES } from '../contract/openai.cases.ts';
import { type ModelServerStage, startModelServerStage } from '../model-server.stage.ts';
import { startUnavailableOnceProxy } from './unavailable-once.proxy.ts';
import { startVllm } from './vllm.process.ts';

// Time for a set-up on a fresh machine: 6.7 GB.
jest.setTimeout(1_800_000);

const CHAT = { model: 'tiny', messages: [{ role: 'user', content: 'hello world' }], max_tokens: 4 };
const TEXT = { model: 'tiny', prompt: 'hello', max_tokens: 3 };

interface Chunk {
  readonly choices: readonly { readonly finish_reason?: string | null }[];
}

let stage: ModelServerStage;
let otlpUrl = '';
beforeAll(async () => {
  stage = await startModelServerStage('openai', ({ folder, receiver }) => {
    otlpUrl = receiver.url;
    return startVllm(folder, receiver.url);
  });
});
afterAll(() => stage?.stop());

describe("vLLM's own span hangs under the attempt of the connector", () => {
  it.each([
    ['a chat', 'chatCompletions', CHAT, 'chat tiny', 'chatcmpl-'],
    ['a streamed chat', 'chatCompletions', { ...CHAT, stream: true }, 'chat tiny', 'chatcmpl-'],
    ['a completion', 'completions', TEXT, 'text_completion tiny', 'cmpl-'],
    ['a streamed completion', 'completions', { ...TEXT, stream: true }, 'text_completion tiny', 'cmpl-'],
  ])('%s', async (_, method, body, call, prefix) => {
    const { traceId, value, error } = await stage.caller.call(method, body);
    expect(error).toBeUndefined();
    const spans = await stage.spans(traceId, 'llm_request');
    expectWhole(spans);
    expect(callTree(spans)).toBe(`client ${call}\n  client POST *\n    server llm_request`);

    const attempt = spans.find(({ name }) => name.startsWith('POST '));
    const [ours, theirs] = [spanNamed(spans, call).attributes, spanNamed(spans, 'llm_request').attributes];
    expect(theirs['gen_ai.request.id']).toMatch(new RegExp(`^${prefix}.*-${attempt?.spanId}`));
    expect(ours['gen_ai.usage.input_tokens']).toBe(theirs['gen_ai.usage.prompt_tokens']);
    expect(ours['gen_ai.usage.output_tokens']).toBe(theirs['gen_ai.usage.completion_tokens']);
    expect(ours['gen_ai.usage.output_tokens']).toBe(body.max_tokens);
    const last = Array.isArray(value) ? (value as Chunk[]).at(-1) : (value as Chunk);
    expect(last?.choices[0]?.finish_reason).toBe('length');
  });

  it('not when nobody records the trace', async () => {
    const { traceId, value } = await stage.caller.order({
      method: 'chatCompletions',
      args: [CHAT],
      unsampled: true,
    });
    expect(value).toMatchObject({ model: 'tiny' });
    // A later request has arrived completely.
    const later = await stage.caller.call('chatCompletions', CHAT);
    await stage.spans(later.traceId, 'llm_request');
    expect(stage.allSpans.filter((span) => span.traceId === traceId)).toEqual([]);
  });
});

it('each attempt has a request ID of its own, and only the one that arrived has a span of vLLM', async () => {
  const proxy = await startUnavailableOnceProxy(stage.url);
  try {
    const caller = await startCaller({ PROTOCOL: 'openai', MODEL_SERVER_URL: proxy.url, OTLP_URL: otlpUrl });
    try {
      const { traceId, value } = await caller.call('chatCompletions', CHAT);
      const spans = await stage.spans(traceId, 'llm_request');
      expect(callTree(spans)).toBe('client chat tiny\n  client POST *\n  client POST *\n    server llm_request');
      expect(new Set(proxy.requestIds).size).toBe(2);
      expect(value).toMatchObject({ id: `chatcmpl-${proxy.requestIds[1]}` });
    } finally {
      await caller.stop();
    }
  } finally {
    await proxy.close();
  }
});

describe('what vLLM says of itself', () => {
  it('its models, and the tokens of a text', async () => {
    const models = await stage.caller.call('models');
    expect(models.value).toMatchObject({ data: [{ id: 'tiny', max_model_len: 512 }] });
    const { value } = await stage.caller.call('tokenize', { model: 'tiny', prompt: 'hello world' });
    const { count, tokens } = value as { count: number; tokens: number[] };
    expect(tokens).toHaveLength(count);
  });

  it.each([
    ['an unknown model', { ...CHAT, model: 'nope' }, 404, 'does not exist'],
    ['a wrong parameter', { ...CHAT, temperature: -1 }, 400, 'temperature must be non-negative'],
    ['a missing field', { model: 'tiny' }, 400, 'Field required'],
    ['more tokens than the model has', { ...CHAT, max_tokens: 9999 }, 400, 'max_model_len=512'],
  ])('%s is a failed call without a server span', async (_, body, status, message) => {
    const { traceId, error } = await stage.caller.call('chatCompletions', body);
    expect(error).toMatchObject({ code: 'ONETRACE_CONNECTOR_STATUS', status });
    expect(error?.message).toContain(message);
    expect((await stage.spans(traceId)).map(({ name }) => name)).not.toContain('llm_request');
  });
});

describeContract('vLLM', OPENAI_CASES, () => ({ url: stage.url, spans: stage.allSpans }));

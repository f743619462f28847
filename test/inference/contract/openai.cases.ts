import { expect } from '@jest/globals';
import type { ContractCase } from './contract.case.ts';

const MESSAGES = [{ role: 'user', content: 'hello world' }];
const CHAT = { model: 'tiny', messages: MESSAGES, max_tokens: 3 };
const TEXT = { model: 'tiny', prompt: 'hello world', max_tokens: 3 };
const USAGE_ASKED = { stream: true, stream_options: { include_usage: true } };
const USAGE_IN_EACH = { stream: true, stream_options: { include_usage: true, continuous_usage_stats: true } };
const JSON_TYPE = 'application/json';
const EVENTS = 'text/event-stream';
const number = expect.any(Number);

const usage = expect.objectContaining({ prompt_tokens: number, total_tokens: number, completion_tokens: 3 });
const SPAN = {
  spans: ['llm_request'],
  attributes: {
    of: 'llm_request',
    are: {
      'gen_ai.request.max_tokens': 3,
      'gen_ai.request.n': 1,
      'gen_ai.request.top_p': 1,
      'gen_ai.usage.prompt_tokens': number,
      'gen_ai.usage.completion_tokens': 3,
      'gen_ai.latency.time_to_first_token': number,
      'gen_ai.latency.e2e': number,
      'gen_ai.latency.time_in_queue': number,
      'gen_ai.latency.time_in_model_prefill': number,
      'gen_ai.latency.time_in_model_decode': number,
      'gen_ai.latency.time_in_model_inference': number,
    },
  },
};
const named = (id: string) => ({
  ...SPAN,
  attributes: { ...SPAN.attributes, are: { ...SPAN.attributes.are, 'gen_ai.request.id': id } },
});

const finished = (object: string) =>
  expect.objectContaining({ object, choices: [expect.objectContaining({ finish_reason: 'length' })] });
const counted = (object: string) => expect.objectContaining({ object, choices: [], usage });
const each = (object: string, prefix: string) =>
  expect.objectContaining({ id: expect.stringMatching(`^${prefix}`), object, created: number, model: 'tiny' });
const CHUNK = 'chat.completion.chunk';

const GENERATIONS: readonly ContractCase[] = [
  {
    what: 'a chat',
    path: '/v1/chat/completions',
    body: CHAT,
    headers: { 'x-request-id': 'contract-1' },
    ...{ status: 200, type: JSON_TYPE, ...named('chatcmpl-contract-1') },
    answer: expect.objectContaining({
      ...{ id: 'chatcmpl-contract-1', object: 'chat.completion', created: number, model: 'tiny', service_tier: null },
      choices: [
        expect.objectContaining({
          ...{ index: 0, logprobs: null, finish_reason: 'length', stop_reason: null },
          message: expect.objectContaining({
            ...{ role: 'assistant', content: expect.any(String) },
            ...{ refusal: null, annotations: null, audio: null, function_call: null, reasoning: null },
          }),
        }),
      ],
      usage,
    }),
  },
  {
    what: 'a chat of a trace that nobody records',
    path: '/v1/chat/completions',
    body: CHAT,
    unsampled: true,
    ...{ status: 200, type: JSON_TYPE, answer: expect.objectContaining({ object: 'chat.completion' }) },
  },
  {
    what: 'a streamed chat with usage',
    path: '/v1/chat/completions',
    body: { ...CHAT, ...USAGE_ASKED },
    ...{ status: 200, type: EVENTS, ...SPAN },
    events: {
      first: expect.objectContaining({
        choices: [expect.objectContaining({ delta: { role: 'assistant', content: '' }, finish_reason: null })],
      }),
      each: each(CHUNK, 'chatcmpl-'),
      last: [finished(CHUNK), counted(CHUNK), '[DONE]'],
    },
  },
  {
    what: 'a streamed chat with usage in each chunk',
    path: '/v1/chat/completions',
    body: { ...CHAT, ...USAGE_IN_EACH },
    ...{ status: 200, type: EVENTS, ...SPAN },
    events: {
      first: expect.objectContaining({
        choices: [expect.anything()],
        usage: expect.objectContaining({ completion_tokens: 0 }),
      }),
      each: expect.objectContaining({ object: CHUNK, usage: expect.objectContaining({ prompt_tokens: number }) }),
      last: [
        expect.objectContaining({ choices: [expect.objectContaining({ finish_reason: 'length' })], usage }),
        counted(CHUNK),
        '[DONE]',
      ],
    },
  },
  {
    what: 'a streamed chat without usage',
    path: '/v1/chat/completions',
    body: { ...CHAT, stream: true },
    ...{ status: 200, type: EVENTS, ...SPAN },
    events: { each: each(CHUNK, 'chatcmpl-'), last: [finished(CHUNK), '[DONE]'] },
  },
  {
    what: 'a completion',
    path: '/v1/completions',
    body: TEXT,
    ...{ status: 200, type: JSON_TYPE, ...SPAN },
    answer: expect.objectContaining({
      ...{ id: expect.stringMatching('^cmpl-'), object: 'text_completion', created: number, model: 'tiny', usage },
      choices: [
        expect.objectContaining({
          ...{ index: 0, text: expect.any(String), logprobs: null, finish_reason: 'length', stop_reason: null },
        }),
      ],
    }),
  },
  {
    what: 'a streamed completion with usage',
    path: '/v1/completions',
    body: { ...TEXT, ...USAGE_ASKED },
    ...{ status: 200, type: EVENTS, ...SPAN },
    events: {
      first: expect.objectContaining({ choices: [expect.objectContaining({ index: 0, text: expect.any(String) })] }),
      each: each('text_completion', 'cmpl-'),
      last: [finished('text_completion'), counted('text_completion'), '[DONE]'],
    },
  },
  {
    what: 'a streamed completion with usage in each chunk',
    path: '/v1/completions',
    body: { ...TEXT, ...USAGE_IN_EACH },
    ...{ status: 200, type: EVENTS, ...SPAN },
    events: {
      each: expect.objectContaining({
        object: 'text_completion',
        usage: expect.objectContaining({ prompt_tokens: number }),
      }),
      last: [
        expect.objectContaining({ choices: [expect.objectContaining({ finish_reason: 'length' })], usage }),
        counted('text_completion'),
        '[DONE]',
      ],
    },
  },
  {
    what: 'a streamed chat with usage in each chunk, but without usage',
    path: '/v1/chat/completions',
    body: { ...CHAT, stream: true, stream_options: { continuous_usage_stats: true } },
    ...{ status: 200, type: EVENTS, ...SPAN },
    events: { each: expect.not.objectContaining({ usage: expect.anything() }), last: [finished(CHUNK), '[DONE]'] },
  },
];

const tokens = { max_model_len: number, token_strs: null };
const DESCRIBED: readonly ContractCase[] = [
  {
    what: 'tokens of a text',
    path: '/tokenize',
    body: { model: 'tiny', prompt: 'hello' },
    ...{ status: 200, type: JSON_TYPE, answer: { ...tokens, count: number, tokens: expect.arrayContaining([number]) } },
  },
  {
    what: 'tokens of a chat',
    path: '/tokenize',
    body: { model: 'tiny', messages: MESSAGES },
    ...{ status: 200, type: JSON_TYPE, answer: { ...tokens, count: number, tokens: expect.arrayContaining([number]) } },
  },
  {
    what: 'the models',
    method: 'GET',
    path: '/v1/models',
    ...{ status: 200, type: JSON_TYPE },
    answer: {
      object: 'list',
      data: [
        expect.objectContaining({
          ...{ id: 'tiny', object: 'model', created: number, owned_by: 'vllm', root: expect.any(String) },
          ...{ parent: null, max_model_len: number },
        }),
      ],
    },
  },
  { what: 'health', method: 'GET', path: '/health', status: 200 },
  {
    what: 'a route that there is not',
    method: 'GET',
    path: '/v1/nothing',
    ...{ status: 404, type: JSON_TYPE, answer: { detail: 'Not Found' } },
  },
];

const refused = (
  what: string,
  path: string,
  body: object | string,
  [status, type, param, message]: readonly [number, string, string | null, string],
): ContractCase => ({
  ...{ what, path, body, status, type: JSON_TYPE },
  answer: { error: { message: expect.stringMatching(message), type, param, code: status } },
});
const chat = '/v1/chat/completions';
const UNKNOWN = [404, 'NotFoundError', 'model', '^The model `nope` does not exist. Valid aliases: tiny.$'] as const;
const REFUSED: readonly ContractCase[] = [
  refused('an unknown model', chat, { ...CHAT, model: 'nope' }, UNKNOWN),
  refused('an unknown model of a completion', '/v1/completions', { ...TEXT, model: 'nope' }, UNKNOWN),
  refused('a chat without messages', chat, { model: 'tiny' }, [
    ...([
      400,
      'Bad Request',
      'body.messages',
      "^1 validation error:\n  {'type': 'missing', 'loc': 'body.messages'",
    ] as const),
  ]),
  refused('a chat of no messages', chat, { ...CHAT, messages: [] }, [
    400,
    'BadRequestError',
    null,
    'empty conversation',
  ]),
  refused('a completion without a prompt', '/v1/completions', { model: 'tiny' }, [
    ...([400, 'BadRequestError', 'prompt', '^Either prompt or prompt_embeds must be provided'] as const),
  ]),
  refused('a negative temperature', chat, { ...CHAT, temperature: -1 }, [
    ...([400, 'BadRequestError', 'temperature', '^temperature must be non-negative, got -1.0.'] as const),
  ]),
  refused('more tokens than the model has', chat, { ...CHAT, max_tokens: 100_000 }, [
    ...([400, 'BadRequestError', 'max_tokens', '^max_tokens=100000 cannot be greater than max_model_len='] as const),
  ]),
  refused('a body that is no JSON', chat, '{"model":', [
    ...([400, 'Bad Request', 'body.9', "^1 validation error:\n  {'type': 'json_invalid', 'loc': 'body.9'"] as const),
  ]),
];

/** The OpenAI protocol as vLLM speaks it. */
export const OPENAI_CASES: readonly ContractCase[] = [...GENERATIONS, ...DESCRIBED, ...REFUSED];

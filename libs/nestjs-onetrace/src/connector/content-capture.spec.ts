import { describe, expect, it } from '@jest/globals';
import type { CollectedSpan } from '../testing/index.js';
import { createConnector, type KServeConnector } from './index.js';
import { API_KEY, failure, json, ModelServer } from './model-server.fixture.js';
import { all, chunk, open, stay, stream, STREAMED } from './streamed-answers.fixture.js';

const model = new ModelServer();
const INPUT = 'gen_ai.input.messages';
const OUTPUT = 'gen_ai.output.messages';
const TOOLS = 'gen_ai.tool.definitions';
const CUT = 'onetrace.content_cut';

const ask = (content: unknown, more: object = {}) => ({
  model: 'tiny',
  messages: [{ role: 'user', content }],
  ...more,
});
const says = (message: object) =>
  json(200, { id: 'a', model: 'tiny', choices: [{ index: 0, message, finish_reason: 'stop' }] });
const captured = (key: string, span = model.chatSpans[0]): unknown => {
  const text = span?.attributes[key];
  return text === undefined ? undefined : (JSON.parse(text as string) as unknown);
};
const text = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
const everything = (spans: readonly CollectedSpan[]): string =>
  JSON.stringify(spans.map(({ name, attributes, events, status }) => ({ name, attributes, events, status })));

describe('the content of model calls', () => {
  it.each([
    ['by default', {}],
    ['with captureContent: false', { captureContent: false }],
  ])('leaves in no span and no line %s', async (_, options) => {
    const tools = [{ type: 'function', function: { name: 'find', description: 'a secret description' } }];
    model.answers = [
      says({
        content: 'a secret answer',
        reasoning_content: 'a secret thought',
        tool_calls: [{ id: 'c', function: { name: 'find', arguments: '{"secret":1}' } }],
      }),
      stream([chunk({ content: 'a secret answer' }), chunk({}, 'stop')]),
      json(400, { error: { message: 'a secret question is not one' } }),
    ];
    const llm = model.connector(options);
    await llm.chatCompletions(ask('a secret question', { tools }));
    await all(await llm.chatCompletions({ ...ask('a secret question'), stream: true }));
    await failure(llm.chatCompletions(ask('a secret question')));
    expect(model.chatSpans).toHaveLength(3);
    const keys = model.collector.spans().flatMap(({ attributes }) => Object.keys(attributes));
    expect(keys.filter((key) => [INPUT, OUTPUT, TOOLS].includes(key))).toEqual([]);
    expect(`${everything(model.collector.spans())}${JSON.stringify(model.lines)}`).not.toContain('secret');
  });

  it('is on the span alone where it is asked for, as the conventions name it', async () => {
    model.answers = [
      says({
        content: 'It rains.',
        reasoning_content: 'Look outside.',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'umbrella', arguments: '{"size":2}' } }],
      }),
    ];
    const parameters = { type: 'object', properties: { size: { type: 'number' } } };
    const tools = [{ type: 'function', function: { name: 'umbrella', description: 'opens one', parameters } }];
    const messages = [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        name: 'Ann',
        content: [
          { type: 'text', text: 'Weather?' },
          { type: 'image_url', image_url: {} },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c0', function: { name: 'look', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c0', content: 'rain' },
    ];
    await model.connector({ captureContent: true }).chatCompletions({ model: 'tiny', messages, tools });
    expect(captured(INPUT)).toEqual([
      text('system', 'Be brief.'),
      {
        ...text('user', 'Weather?'),
        name: 'Ann',
        parts: [{ type: 'text', content: 'Weather?' }, { type: 'image_url' }],
      },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c0', name: 'look', arguments: {} }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c0', response: 'rain' }] },
    ]);
    expect(captured(OUTPUT)).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Look outside.' },
          { type: 'text', content: 'It rains.' },
          { type: 'tool_call', id: 'c1', name: 'umbrella', arguments: { size: 2 } },
        ],
        finish_reason: 'stop',
      },
    ]);
    expect(captured(TOOLS)).toEqual([{ type: 'function', name: 'umbrella', description: 'opens one', parameters }]);
    expect(model.chatSpans[0]?.attributes).not.toHaveProperty([CUT]);
    expect(`${JSON.stringify(model.lines)}${everything(model.attemptSpans)}`).not.toMatch(/rain|Weather|umbrella/);
  });

  it('is put together from the chunks of a stream, as far as they came', async () => {
    const call = (call: object) => chunk({ tool_calls: [{ index: 0, ...call }] });
    const chunks = [
      chunk({ role: 'assistant', content: 'It ' }),
      chunk({ content: 'rains.' }),
      call({ id: 'c1', function: { name: 'umbrella', arguments: '{"si' } }),
      call({ function: { arguments: 'ze":2}' } }),
    ];
    model.answers = [stream([...chunks, chunk({}, 'tool_calls')]), stream(chunks.slice(0, 2), stay)];
    const parts = [
      { type: 'text', content: 'It rains.' },
      { type: 'tool_call', id: 'c1', name: 'umbrella', arguments: { size: 2 } },
    ];
    const request = { ...ask('Weather?'), stream: true } as const;
    const llm = model.connector({ captureContent: true });
    await all(await llm.chatCompletions(request));
    expect(captured(OUTPUT)).toEqual([{ role: 'assistant', parts, finish_reason: 'tool_calls' }]);
    const stopped = await llm.chatCompletions(request);
    await stopped.next();
    await stopped.next();
    await stopped.return();
    expect(captured(OUTPUT, model.chatSpans[1])).toEqual([text('assistant', 'It rains.')]);
  });

  it('is written without the secrets in it', async () => {
    const secret = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789';
    model.answers = [
      says({
        content: `password=hunter2hunter2`,
        tool_calls: [
          { id: 'c', function: { name: 'log_in', arguments: '{"password":"hunter2hunter2","user":"ann"}' } },
        ],
      }),
    ];
    await model.connector({ captureContent: true }).chatCompletions(ask(`Authorization: Bearer ${secret}`));
    expect(everything(model.chatSpans)).not.toMatch(/hunter2|abcdefghij/);
    expect(captured(OUTPUT)).toMatchObject([{ parts: [{}, { arguments: { password: '[redacted]', user: 'ann' } }] }]);
  });

  it('is cut to its bytes, stays JSON, and keeps the end of a long history', async () => {
    model.answers = [says({ content: 'ü'.repeat(10_000) })];
    const history = Array.from({ length: 50 }, (_, index) => ({ role: 'user', content: `${index}`.padEnd(100, 'ü') }));
    await model.connector({ captureContent: { maxBytes: 1000 } }).chatCompletions({ model: 'tiny', messages: history });
    const [span] = model.chatSpans;
    for (const key of [INPUT, OUTPUT]) {
      const bytes = Buffer.byteLength(span?.attributes[key] as string);
      expect(bytes).toBeLessThanOrEqual(1000);
      expect(bytes).toBeGreaterThan(900);
    }
    const kept = captured(INPUT) as { parts: { content: string }[] }[];
    expect(kept.at(-1)?.parts[0]?.content).toMatch(/^49ü+$/);
    expect(captured(OUTPUT)).toEqual([
      { ...text('assistant', expect.stringMatching(/^ü+…$/) as never), finish_reason: 'stop' },
    ]);
    expect(span?.attributes[CUT]).toBe(true);
  });

  it('is redacted before it is cut', async () => {
    const card = '4111 1111 1111 1111';
    model.answers = [says({ content: 'ok' })];
    const llm = model.connector({ captureContent: { maxBytes: 200 } });
    // The cut goes through the number, wherever it is.
    for (let before = 60; before < 180; before += 3) {
      await llm.chatCompletions(ask(`${'a '.repeat(before / 2)} ${card} ${'b '.repeat(100)}`));
    }
    expect(model.chatSpans.length).toBeGreaterThan(30);
    expect(JSON.stringify(model.chatSpans.map(({ attributes }) => attributes[INPUT]))).not.toContain('4111');
  });

  it('of text completions is their prompt and text', async () => {
    model.answers = [json(200, { id: 'a', model: 'tiny', choices: [{ text: ' time', finish_reason: 'length' }] })];
    await model.connector({ captureContent: true }).completions({ model: 'tiny', prompt: 'Once upon a' });
    const [span] = model.collector.spans().filter(({ name }) => name === 'text_completion tiny');
    expect(captured(INPUT, span)).toEqual([text('user', 'Once upon a')]);
    expect(captured(OUTPUT, span)).toEqual([{ ...text('assistant', ' time'), finish_reason: 'length' }]);
  });

  it.each(['generate', 'generateStream'] as const)('of %s is the text that goes in and comes out', async (method) => {
    const generated = [{ text_output: 'It ' }, { text_output: 'rains.' }];
    model.answers = [method === 'generate' ? json(200, { text_output: 'It rains.' }) : stream(generated)];
    const triton = model.opens<KServeConnector>(
      createConnector({ name: 't', protocol: 'kserve', baseUrl: `http://${model.target}`, captureContent: true }),
    );
    const answer = await triton[method]('tiny', { text_input: 'Weather?' });
    if (Symbol.asyncIterator in answer) await all(answer as AsyncIterable<unknown>);
    const [span] = model.collector.spans().filter(({ name }) => name === 'text_completion tiny');
    expect(captured(INPUT, span)).toEqual([text('user', 'Weather?')]);
    expect(captured(OUTPUT, span)).toEqual([text('assistant', 'It rains.')]);
  });

  it.each([
    ['is', true],
    ['is not', false],
  ])('of calls by fetch %s on the span where captureContent is %p', async (_, captureContent) => {
    model.answers = [says({ content: 'It rains.' }), stream([chunk({ content: 'It rains.' }), chunk({}, 'stop')])];
    const { fetch } = model.connector({ captureContent });
    for (const more of [{}, { stream: true }]) {
      const body = JSON.stringify(ask('Weather?', more));
      await (await fetch(`http://${model.target}/v1/chat/completions`, { method: 'POST', body })).text();
    }
    expect(model.chatSpans).toHaveLength(2);
    for (const span of model.chatSpans) {
      expect(captured(INPUT, span)).toEqual(captureContent ? [text('user', 'Weather?')] : undefined);
      expect(captured(OUTPUT, span)).toEqual(
        captureContent ? [{ ...text('assistant', 'It rains.'), finish_reason: 'stop' }] : undefined,
      );
    }
    if (!captureContent) expect(everything(model.collector.spans())).not.toMatch(/rains|Weather/);
  });

  it('changes nothing of what the caller gets, and never has the key', async () => {
    model.answers = [stream([chunk({ content: 'It rains.' }), chunk({}, 'stop')])];
    const plain = await all(await open(model));
    const observed = await all(
      await model.connector({ captureContent: true }).chatCompletions({ ...STREAMED, messages: [] }),
    );
    expect(observed).toEqual(plain);
    expect(everything(model.collector.spans())).not.toContain(API_KEY);
  });
});

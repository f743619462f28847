import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { AnswerSchemas, ChatCompletionRequest } from './index.js';
import { json, ModelServer, REQUEST } from './model-server.fixture.js';
import { MetricsOfEachTest } from './metrics-of-each-test.fixture.js';
import { all, chunk, stay, stream } from './streamed-answers.fixture.js';

const model = new ModelServer();
const metrics = new MetricsOfEachTest();
const JSON_MODE = { response_format: { type: 'json_object' } };
const TOOLS = { tools: [{ type: 'function', function: { name: 'find' } }] };
const Order = z.object({ id: z.number() });

const says = (content: string | null, toolArguments?: string) => {
  const calls = { tool_calls: [{ id: 'c', function: { name: 'find', arguments: toolArguments } }] };
  const message = { role: 'assistant', content, ...(toolArguments === undefined ? {} : calls) };
  return { id: 'a', model: 'tiny', choices: [{ index: 0, message, finish_reason: 'stop' }] };
};
const failures = (): Promise<number | undefined> => metrics.value('llm_parsing_failures_total');
const told = () => ({
  span: model.chatSpans.at(-1)?.attributes['onetrace.parsing_failures'],
  line: (model.lines.at(-1)?.['extra'] as Record<string, unknown>)['parsing_failures'],
});

describe('an answer that cannot be parsed', () => {
  const NO_JSON = 'content is not JSON';
  const NO_FIT = 'content does not fit its schema';
  const NO_JSON_TOOL = 'tool arguments are not JSON';
  const NO_FIT_TOOL = 'tool arguments do not fit their schema';

  it.each<[string, object, AnswerSchemas | undefined, object, string[] | undefined]>([
    ['JSON that was asked for', JSON_MODE, undefined, says('{"id":1}'), undefined],
    ['no JSON where it was asked for', JSON_MODE, undefined, says('sorry'), [NO_JSON]],
    ['JSON that breaks off', { response_format: { type: 'json_schema' } }, undefined, says('{"id":'), [NO_JSON]],
    ['nothing where JSON was asked for', JSON_MODE, undefined, says(null), [NO_JSON]],
    ['no JSON where nobody asked for it', {}, undefined, says('sorry'), undefined],
    ['what a schema of zod takes', JSON_MODE, { content: Order }, says('{"id":1}'), undefined],
    ['what a schema of zod refuses', JSON_MODE, { content: Order }, says('{"id":"one"}'), [NO_FIT]],
    ['what a schema refuses without JSON mode', {}, { content: Order }, says('{}'), [NO_FIT]],
    ['what a function takes', {}, { content: () => undefined }, says('{}'), undefined],
    ['what a function says false to', {}, { content: () => false }, says('{}'), [NO_FIT]],
    ['what a function throws at', {}, { content: (value) => Order.parse(value) }, says('{}'), [NO_FIT]],
    ['arguments that fit', TOOLS, { tools: { find: Order } }, says(null, '{"id":1}'), undefined],
    ['arguments that are no JSON', TOOLS, undefined, says(null, '{"id"'), [NO_JSON_TOOL]],
    ['arguments that a schema refuses', TOOLS, { tools: { find: Order } }, says(null, '{}'), [NO_FIT_TOOL]],
    ['no arguments at all', TOOLS, undefined, says(null, ''), undefined],
    ['arguments of another tool', TOOLS, { tools: { toString: Order } }, says(null, '{}'), undefined],
    ['a call of a tool instead of JSON', { ...JSON_MODE, ...TOOLS }, undefined, says(null, '{}'), undefined],
  ])('%s', async (_, more, validate, answer, expected) => {
    model.answers = [json(200, answer)];
    const options = validate === undefined ? {} : { validate };
    const completion = await model.connector().chatCompletions({ ...REQUEST, ...more }, options);
    expect(completion).toEqual(answer);
    expect(await failures()).toBe(expected === undefined ? undefined : 1);
    expect(told()).toEqual({ span: expected, line: expected });
    expect(model.messages.at(-1)).toBe('model call completed');
  });

  it('is counted once for a call, by model and tenant, and not as a failed call', async () => {
    const { choices } = says('no');
    model.answers = [json(200, { ...says('no'), choices: [...choices, ...choices] })];
    await model.connector().chatCompletions({ ...REQUEST, ...JSON_MODE, n: 2 });
    const labels = { tenant_id: '', model: 'tiny' };
    const name = 'llm_parsing_failures_total';
    expect(await metrics.samples(name)).toEqual([{ name, labels, value: 1 }]);
    expect(await metrics.value('llm_calls_total', { status: 'success' })).toBe(1);
  });

  it.each<[string, Partial<ChatCompletionRequest>, object[], string[] | undefined]>([
    ['JSON', JSON_MODE, [chunk({ content: '{"id"' }), chunk({ content: ':1}' }), chunk({}, 'stop')], undefined],
    ['no JSON', JSON_MODE, [chunk({ content: '{"id"' }), chunk({}, 'length')], [NO_JSON]],
    [
      'arguments that break off',
      TOOLS,
      [chunk({ tool_calls: [{ index: 0, function: { name: 'find', arguments: '{' } }] }), chunk({}, 'tool_calls')],
      [NO_JSON_TOOL],
    ],
  ])('chunk by chunk: %s', async (_, more, chunks, expected) => {
    model.answers = [stream(chunks)];
    const received = await all(await model.connector().chatCompletions({ ...REQUEST, ...more, stream: true }));
    expect(received).toEqual(chunks);
    expect(await failures()).toBe(expected === undefined ? undefined : 1);
    expect(told()).toEqual({ span: expected, line: expected });
  });

  it('is counted where JSON was asked for by fetch', async () => {
    model.answers = [json(200, says('sorry'))];
    const body = JSON.stringify({ ...REQUEST, ...JSON_MODE });
    const response = await model
      .connector()
      .fetch(`http://${model.target}/v1/chat/completions`, { method: 'POST', body });
    expect(await response.json()).toEqual(says('sorry'));
    expect(await failures()).toBe(1);
    expect(told()).toEqual({ span: [NO_JSON], line: [NO_JSON] });
  });

  it('is none where its consumer stops before the end', async () => {
    model.answers = [stream([chunk({ content: '{"id"' })], stay)];
    const streaming = await model.connector().chatCompletions({ ...REQUEST, ...JSON_MODE, stream: true });
    await streaming.next();
    await streaming.return();
    expect(await failures()).toBeUndefined();
  });

  it('is counted when a schema that takes its time refuses, and delays nobody', async () => {
    const refused = Promise.withResolvers<void>();
    const slow = z.object({}).refine(async () => {
      await refused.promise;
      return false;
    });
    model.answers = [json(200, says('{}'))];
    await model.connector().chatCompletions(REQUEST, { validate: { content: slow } });
    expect(await failures()).toBeUndefined();
    refused.resolve();
    while ((await failures()) === undefined) await new Promise(setImmediate);
    expect(await failures()).toBe(1);
  });

  it('is counted where the verdict of a schema throws when it is read, and ends no process', async () => {
    const verdict = {
      get issues(): never {
        throw new Error('gone');
      },
    };
    model.answers = [json(200, says('{}'))];
    await model.connector().chatCompletions(REQUEST, { validate: { content: () => Promise.resolve(verdict) } });
    while ((await failures()) === undefined) await new Promise(setImmediate);
    expect(await failures()).toBe(1);
  });

  it('has nothing of the answer in what is told about it', async () => {
    model.answers = [json(200, says('{"id":"a very private value"}'))];
    const schema = (value: unknown): void => {
      throw new Error(`not a number: ${JSON.stringify(value)}`);
    };
    await model.connector().chatCompletions(REQUEST, { validate: { content: schema } });
    const spans = model.collector.spans().map(({ attributes, events, status }) => ({ attributes, events, status }));
    expect(JSON.stringify([spans, model.lines])).not.toContain('private');
  });

  it('a schema that is none is refused before anything is sent', async () => {
    const call = model.connector().chatCompletions(REQUEST, { validate: { content: { type: 'object' } as never } });
    await expect(call).rejects.toMatchObject({
      code: 'ONETRACE_INVALID_OPTION',
      message: /a function or a Standard Schema/,
    });
    expect(model.received).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  type ChatCompletionRequest,
  type CompletionRequest,
  createConnector,
  type EmbeddingsRequest,
  type GenerateRequest,
  type HttpConnector,
  type InferRequest,
  type OpenAiConnector,
} from './index.js';
import { ModelServer } from './model-server.fixture.js';

const model = new ModelServer();

describe('a call whose body cannot be sent', () => {
  it('ends its spans where its body is not JSON', async () => {
    const triton = model.opens(createConnector({ name: 't', protocol: 'kserve', baseUrl: `http://${model.target}` }));
    const parameters = { seed: 1n } as unknown as Record<string, number>;
    await expect(triton.generate('tiny', { text_input: '', parameters })).rejects.toMatchObject({
      code: 'ONETRACE_INVALID_OPTION',
      message:
        'Call of connector "t": its body cannot be written as JSON (a BigInt, a function, or a circle); give numbers, texts and truth values',
      cause: expect.any(TypeError),
    });
    expect(model.attemptSpans).toHaveLength(1);
    expect(model.messages.slice(-2)).toEqual(['model request failed', 'model call failed']);
    expect(model.received).toEqual([]);
  });

  it.each<[string, (llm: OpenAiConnector, files: HttpConnector) => Promise<unknown>]>([
    [
      'a chat',
      (llm) => llm.chatCompletions({ model: 'm', messages: [], seed: 1n } as unknown as ChatCompletionRequest),
    ],
    [
      'a streamed chat',
      (llm) =>
        llm.chatCompletions({ model: 'm', messages: [], stream: true, seed: 1n } as unknown as ChatCompletionRequest),
    ],
    ['tokens', (llm) => llm.tokenize({ model: 'm', prompt: 1n as unknown as string })],
    ['a plain request', (_, files) => files.request({ path: '/a', method: 'POST', body: { size: 1n } })],
  ])('is refused before it begins where the body of %s is not JSON', async (_, ask) => {
    const files = model.opens(createConnector({ name: 'llm', protocol: 'http', baseUrl: `http://${model.target}` }));
    await expect(ask(model.connector(), files)).rejects.toMatchObject({
      code: 'ONETRACE_INVALID_OPTION',
      message: expect.stringContaining('Call of connector "llm": its body cannot be written as JSON'),
    });
    expect(model.lines).toEqual([]);
    expect(model.attemptSpans).toEqual([]);
  });

  it.each<[string, (llm: OpenAiConnector, files: HttpConnector) => Promise<unknown>]>([
    [
      'its body is of the class URLSearchParams, which JSON has no form for; give an object or a text, or send it with',
      (_, files) => files.request({ path: '/a', method: 'POST', body: new URLSearchParams('a=1') }),
    ],
    [
      'its body is of the class Buffer, which',
      (_, files) => files.request({ path: '/a', method: 'POST', body: Buffer.from('a') }),
    ],
    ['its body is null; it takes an object', (llm) => llm.chatCompletions(null as unknown as ChatCompletionRequest)],
    [
      'its body is type string; it takes an object',
      (llm) => llm.completions('my prompt' as unknown as CompletionRequest),
    ],
    ['its body is type Array; it takes', (llm) => llm.chatCompletions([] as unknown as ChatCompletionRequest)],
    ['its body cannot be written as JSON', (_, files) => files.request({ path: '/a', method: 'POST', body: () => 1 })],
    ['its body is type undefined; it takes', (llm) => llm.embeddings(undefined as unknown as EmbeddingsRequest)],
  ])('is refused before it begins, where %s', async (message, ask) => {
    const files = model.opens(createConnector({ name: 'llm', protocol: 'http', baseUrl: `http://${model.target}` }));
    await expect(ask(model.connector(), files)).rejects.toMatchObject({
      code: 'ONETRACE_INVALID_OPTION',
      message: expect.stringContaining(message),
    });
    expect(model.lines).toEqual([]);
    expect(model.received).toEqual([]);
  });

  it('is refused before it begins by a server of KServe too, where it is none', async () => {
    const triton = model.opens(createConnector({ name: 't', protocol: 'kserve', baseUrl: `http://${model.target}` }));
    const refused = {
      code: 'ONETRACE_INVALID_OPTION',
      message: 'Call of connector "t": its body is null; it takes an object',
    };
    await expect(triton.infer('tiny', null as unknown as InferRequest)).rejects.toMatchObject(refused);
    await expect(triton.generate('tiny', null as unknown as GenerateRequest)).rejects.toMatchObject(refused);
    await expect(triton.generateStream('tiny', null as unknown as GenerateRequest)).rejects.toMatchObject(refused);
    expect(model.lines).toEqual([]);
  });
});

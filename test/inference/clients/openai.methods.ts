/** Calls by the real openai package, over the fetch of a connector. */
import OpenAI, { toFile } from 'openai';
import type { ChatCompletionCreateParamsNonStreaming, ChatCompletionCreateParamsStreaming } from 'openai/resources';
import type { OpenAiConnector } from 'nestjs-onetrace/connector';
import { told } from './told-error.ts';

type Body = Omit<ChatCompletionCreateParamsNonStreaming, 'stream'>;

export function methodsOf({ fetch }: OpenAiConnector) {
  const baseURL = `${process.env['MODEL_SERVER_URL'] ?? ''}/v1`;
  const openai = new OpenAI({ baseURL, apiKey: 'sk-client-0123456789', fetch, maxRetries: 0 });
  const streamed = (body: Body): ChatCompletionCreateParamsStreaming => ({ ...body, stream: true });
  return {
    chat: (body: Body) => told(() => openai.chat.completions.create(body)),
    chatStream: (body: Body, leaveAfter?: number) =>
      told(async () => {
        const chunks: unknown[] = [];
        for await (const chunk of await openai.chat.completions.create(streamed(body))) {
          chunks.push(chunk);
          if (chunks.length === leaveAfter) break;
        }
        return chunks;
      }),
    /** The package puts the pieces of a streamed tool call together. */
    chatStreamed: (body: Body) => told(() => openai.chat.completions.stream(streamed(body)).finalChatCompletion()),
    aborted: (body: Body) => told(() => openai.chat.completions.create(body, { signal: AbortSignal.timeout(300) })),
    late: (body: Body) => told(() => openai.chat.completions.create(body, { timeout: 300 })),
    embeddings: (input: string) => told(() => openai.embeddings.create({ model: 'tiny', input })),
    models: () => told(async () => (await openai.models.list()).data),
    upload: (text: string) =>
      told(async () => openai.files.create({ purpose: 'batch', file: await toFile(Buffer.from(text), 'rows.jsonl') })),
    elsewhere: (url: string, body: Body) =>
      told(() => openai.withOptions({ baseURL: url }).chat.completions.create(body)),
  };
}

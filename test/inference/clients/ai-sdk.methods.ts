/** Calls by the real AI SDK and its provider for servers of the OpenAI API, over the fetch of a connector. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount, jsonSchema, streamText, tool } from 'ai';
import type { OpenAiConnector } from 'nestjs-onetrace/connector';
import { told } from './told-error.ts';

export function methodsOf({ fetch }: OpenAiConnector) {
  const baseURL = `${process.env['MODEL_SERVER_URL'] ?? ''}/v1`;
  const provider = createOpenAICompatible({
    name: 'vllm',
    baseURL,
    apiKey: 'sk-client-0123456789',
    fetch,
    includeUsage: true,
  });
  const call = (prompt: string) => ({ model: provider('tiny'), prompt, maxRetries: 0 });
  const add = tool({
    description: 'Adds two numbers.',
    inputSchema: jsonSchema<{ a: number; b: number }>({
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' } },
    }),
    execute: async ({ a, b }) => a + b,
  });
  return {
    generate: (prompt: string) =>
      told(async () => {
        const { text, usage, finishReason } = await generateText(call(prompt));
        return { text, finishReason, inputTokens: usage.inputTokens, outputTokens: usage.outputTokens };
      }),
    stream: (prompt: string) =>
      told(async () => {
        const { textStream, usage } = streamText(call(prompt));
        const parts: string[] = [];
        for await (const part of textStream) parts.push(part);
        return { text: parts.join(''), outputTokens: (await usage).outputTokens };
      }),
    failing: (prompt: string) =>
      told(async () => {
        const failures: string[] = [];
        const onError = ({ error }: { readonly error: unknown }) => void failures.push((error as Error).message);
        const parts: string[] = [];
        for await (const part of streamText({ ...call(prompt), onError }).textStream) parts.push(part);
        return { failures, text: parts.join('') };
      }),
    tools: (prompt: string) =>
      told(async () => {
        const { text, steps } = await generateText({ ...call(prompt), tools: { add }, stopWhen: isStepCount(3) });
        return {
          text,
          results: steps.flatMap(({ toolResults }) => toolResults.map(({ output }) => output)),
        };
      }),
    aborted: (prompt: string) => told(() => generateText({ ...call(prompt), abortSignal: AbortSignal.timeout(300) })),
  };
}

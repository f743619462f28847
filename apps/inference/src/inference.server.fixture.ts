import { afterEach } from '@jest/globals';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { startInferenceServer } from './inference.server.js';
import { lineWriter } from './line.writer.js';
import { readSettings } from './settings.js';
import { ServerTracing } from './tracing/server-tracing.js';

export const TRACE = '0af7651916cd43dd8448eb211c80319c';
export const PARENT = 'b7ad6b7169203331';
export const traceparent = `00-${TRACE}-${PARENT}-01`;
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Starts a stand-in that ends after the test, with what it wrote and exported. */
export async function start(env: Record<string, string> = {}) {
  const settings = readSettings(env);
  const lines: Record<string, unknown>[] = [];
  const exporter = new InMemorySpanExporter();
  const tracing = settings.tracing ? new ServerTracing(exporter) : undefined;
  const writer = lineWriter((line) => lines.push(JSON.parse(line) as Record<string, unknown>));
  const server = await startInferenceServer(settings, writer, tracing);
  cleanups.push(async () => {
    await server.close();
    await tracing?.shutdown();
  });
  const spans = async () => {
    await tracing?.flush();
    return exporter.getFinishedSpans();
  };
  return { server, url: `http://127.0.0.1:${server.port}`, lines, spans };
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body), headers });
}

export const chat = (content: string, more: object = {}) => ({
  model: 'tiny',
  messages: [{ role: 'user', content }],
  ...more,
});
export const bytes = (text: string) => ({
  inputs: [{ name: 'text_input', datatype: 'BYTES', shape: [1], data: [text] }],
});

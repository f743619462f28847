import { Logger } from '@nestjs/common';
import { type ConnectorOptions, createConnector } from 'nestjs-onetrace/connector';
import type { Smuggled } from '../secrets.ts';
import { ANSWERS } from './model.server.ts';

const log = new Logger('Models');
const modelUrl = process.env['MODEL_URL'] ?? '';

/** Calls a model server by every protocol, with secrets in all that is sent. */
export async function askModels({ hidden, key, value, text }: Smuggled, index: number): Promise<void> {
  // Nothing else can stand in a header.
  const header = text.replace(/\n/g, ' ');
  const name = /^[\w.-]+$/.test(key) ? key : 'x-note';
  for (const answer of ANSWERS) {
    const options = {
      name: 'llm',
      baseUrl: `${modelUrl}/${index}/${answer}`,
      apiKey: hidden,
      headers: { 'x-note': header },
      retry: { maxAttempts: 2, initialDelayMs: 1 },
    };
    const call = { headers: { [name]: header, 'x-secret': hidden } };
    await told(options, 'openai', (llm) =>
      llm.chatCompletions({ model: text, messages: [{ role: 'user', content: text }] }, call),
    );
    await told(options, 'kserve', (triton) =>
      triton.infer('tiny', { inputs: [{ name: 'text', shape: [1], datatype: 'BYTES', data: [text] }] }, call),
    );
    await told(options, 'http', (server) =>
      server.request({
        method: 'POST',
        path: '/plain',
        query: { [key]: String(value), access_token: hidden, note: text },
        body: answer === 'echo-json' ? { [key]: value, note: text } : text,
        idempotent: true,
        ...call,
      }),
    );
  }
  // Refused before anything is sent.
  const refused: Partial<ConnectorOptions>[] = [
    { baseUrl: `http://app:${encodeURIComponent(hidden)}@127.0.0.1:1` },
    { baseUrl: `http://127.0.0.1:1/?access_token=${encodeURIComponent(hidden)}` },
    { apiKey: `${hidden}\n` },
    { headers: { 'x-api-key': `${hidden}\n` } },
  ];
  for (const options of refused)
    await told({ name: 'refused', baseUrl: modelUrl, ...options }, 'http', () => undefined);
}

type Protocols = 'openai' | 'kserve' | 'http';

async function told<P extends Protocols>(
  options: Omit<ConnectorOptions<P>, 'protocol'>,
  protocol: P,
  ask: (connector: ReturnType<typeof createConnector<P>>) => unknown,
): Promise<void> {
  try {
    const connector = createConnector<P>({ ...options, protocol });
    try {
      await ask(connector);
    } finally {
      await connector.close();
    }
  } catch (error) {
    log.error(error);
  }
}

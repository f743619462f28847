import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { createRootLogger, setRootLogger } from '../logging/index.js';
import { type CollectedSpan, collectSpans, type SpanCollector } from '../testing/index.js';
import type { Connector } from './connector.js';
import { ConnectorError, type ConnectorOptions, createConnector, type OpenAiConnector } from './index.js';

export const PROMPT = 'a prompt nobody else may read';
export const ANSWER = 'an answer nobody else may read';
export const API_KEY = 'sk-secret-0123456789';
export const REQUEST = {
  model: 'tiny',
  messages: [{ role: 'user', content: PROMPT }],
  max_tokens: 7,
  temperature: 0.5,
};
export const COMPLETION = {
  id: 'chatcmpl-1',
  model: 'tiny-v2',
  choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
};

/** How the server answers one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
export const success = json(200, COMPLETION);
export const hang: Answer = () => undefined;

interface Line {
  readonly message: string;
  readonly [field: string]: unknown;
}

/**
 * A model server for each test of a spec file, and what is seen of the calls to it. After each test neither content nor key
 * stands in any line or span, and each span has ended once, whatever the test did.
 */
export class ModelServer {
  /** One for each request to come; the last one for all others. */
  answers: Answer[] = [];
  received: IncomingMessage[] = [];
  /** The bodies of those that came whole. */
  bodies: Buffer[] = [];
  lines: Line[] = [];
  collector!: SpanCollector;
  server!: Server;
  private output = '';
  private readonly opened: Connector[] = [];

  constructor() {
    beforeAll(() => {
      this.collector = collectSpans();
    });
    afterAll(() => this.collector.stop());
    beforeEach(() => this.start());
    afterEach(() => this.end());
  }

  get target(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get chatSpans(): CollectedSpan[] {
    return this.collector.spans().filter((span) => span.name === 'chat tiny');
  }

  get attemptSpans(): CollectedSpan[] {
    return this.collector.spans().filter((span) => span.name === `POST ${this.target}`);
  }

  get messages(): string[] {
    return this.lines.map((line) => line.message);
  }

  /** A connector to this server, which is closed after the test. */
  connector(more: Partial<ConnectorOptions> = {}): OpenAiConnector {
    const created = createConnector({
      name: 'llm',
      baseUrl: `http://${this.target}`,
      apiKey: API_KEY,
      retry: { initialDelayMs: 1, maxDelayMs: 5 },
      ...more,
      protocol: 'openai',
    });
    return this.opens(created);
  }

  /** Closes a connector after the test. */
  opens<T extends Connector>(connector: T): T {
    this.opened.push(connector);
    return connector;
  }

  private async start(): Promise<void> {
    this.collector.reset();
    Object.assign(this, { answers: [], received: [], bodies: [], lines: [], output: '' });
    const write = (text: string): void => {
      this.output += text;
      this.lines.push(JSON.parse(text) as Line);
    };
    setRootLogger(createRootLogger({ component: 'test', level: 'debug', destination: { write } }));
    this.server = createServer((request, response) => {
      this.received.push(request);
      const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .once('end', () => {
          this.bodies.push(Buffer.concat(chunks));
          answer?.(request, response);
        });
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  private async end(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    for (const connector of this.opened.splice(0)) await connector.close();
    setRootLogger(undefined);
    const ended = this.collector.spans();
    const spans = ended.map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
    expectNoSecret(this.output + JSON.stringify(spans));
    expect(new Set(ended.map((span) => span.spanContext().spanId)).size).toBe(ended.length);
  }
}

/** The error of a call that fails, in which there is no secret either. */
export async function failure(call: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  const { message, stack } = error as ConnectorError;
  expectNoSecret(`${message}${stack}`);
  return error as ConnectorError;
}

function expectNoSecret(text: string): void {
  for (const secret of [PROMPT, ANSWER, API_KEY]) expect(text).not.toContain(secret);
}

import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode } from '@opentelemetry/api';
import type { ConnectorOptions } from './index.js';
import { ANSWER, failure, ModelServer, REQUEST } from './model-server.fixture.js';
import { RawServers } from './raw-server.fixture.js';

const model = new ModelServer();
const raw = new RawServers();
afterEach(() => raw.close());

/** Where the call goes, what comes of it, and in how many attempts of two. */
interface Case {
  readonly to: () => Promise<string>;
  readonly options?: Partial<ConnectorOptions>;
  readonly stream?: true;
  readonly is: { readonly code: string; readonly retryable: boolean; readonly sent: boolean; readonly status?: number };
  readonly attempts: 1 | 2;
  readonly says: string;
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const EVENTS = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';
const CHUNK = `data: ${JSON.stringify({ id: '1', choices: [{ index: 0, delta: { content: ANSWER } }] })}\n\n`;

/** A server that writes this to whoever sends it a request, and then does something with the connection. */
const writes =
  (text: string | Buffer, then: (socket: Socket) => void = () => undefined) =>
  async (): Promise<string> =>
    `http://${await raw.answering((socket) => socket.write(text, () => then(socket)))}`;

/** The same, piece by piece for ever. */
const drips = (head: string, piece: string) => async (): Promise<string> =>
  `http://${await raw.answering((socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(piece), 5);
    socket.once('close', () => clearInterval(timer));
  })}`;

const CASES: Readonly<Record<string, Case>> = {
  'a host name that nobody knows': {
    to: async () => `http://${'x'.repeat(64)}.invalid`,
    is: { code: 'ONETRACE_CONNECTOR_NAME', retryable: false, sent: false },
    attempts: 1,
    says: 'could not be resolved (ENOTFOUND)',
  },
  'a port where nobody listens': {
    to: async () => {
      const address = await raw.onConnection(() => undefined);
      await raw.close();
      return `http://${address}`;
    },
    is: { code: 'ONETRACE_CONNECTOR_REFUSED', retryable: true, sent: false },
    attempts: 2,
    says: 'refused the connection',
  },
  'a connection that does not come about': {
    to: async () => `https://${await raw.onConnection(() => undefined)}`,
    options: { timeouts: { connectMs: 60 } },
    is: { code: 'ONETRACE_CONNECTOR_TIMEOUT', retryable: true, sent: false },
    attempts: 2,
    says: 'accepted no connection within 60 ms',
  },
  'a certificate that is not trusted': {
    to: async () => `https://${await raw.selfSigned()}`,
    is: { code: 'ONETRACE_CONNECTOR_TLS', retryable: false, sent: false },
    attempts: 1,
    says: 'no TLS connection to 127.0.0.1',
  },
  'https where http is spoken': {
    to: async () => `https://${await raw.onConnection((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))}`,
    is: { code: 'ONETRACE_CONNECTOR_TLS', retryable: false, sent: false },
    attempts: 1,
    says: 'check the scheme of baseUrl',
  },
  'a reset instead of an answer': {
    to: writes('', (socket) => socket.resetAndDestroy()),
    is: { code: 'ONETRACE_CONNECTOR_NETWORK', retryable: true, sent: true },
    attempts: 2,
    says: 'closed the connection before it answered (ECONNRESET)',
  },
  'a half-closed connection instead of an answer': {
    to: writes('', (socket) => socket.end()),
    is: { code: 'ONETRACE_CONNECTOR_NETWORK', retryable: true, sent: true },
    attempts: 2,
    says: 'closed the connection before it answered',
  },
  'headers that come a byte at a time': {
    to: drips('HTTP/1.1 200 OK\r\nx-slow: ', 'a'),
    options: { timeouts: { headersMs: 80 } },
    is: { code: 'ONETRACE_CONNECTOR_TIMEOUT', retryable: true, sent: true },
    attempts: 2,
    says: 'sent no headers within 80 ms',
  },
  'a body that comes a byte at a time': {
    to: drips(`${HEAD}content-length: 100000\r\n\r\n`, ' '),
    options: { timeouts: { totalMs: 120 } },
    is: { code: 'ONETRACE_CONNECTOR_TIMEOUT', retryable: true, sent: true },
    attempts: 1,
    says: 'gave no complete answer within 120 ms in all',
  },
  'a first event that comes a byte at a time': {
    to: drips(`${EVENTS}data: {"id": "`, 'a'),
    stream: true,
    options: { timeouts: { firstTokenMs: 80 } },
    is: { code: 'ONETRACE_CONNECTOR_TIMEOUT', retryable: true, sent: true, status: 200 },
    attempts: 2,
    says: 'sent no event of its stream within 80 ms',
  },
  'a stream that goes silent': {
    to: writes(EVENTS + CHUNK),
    stream: true,
    options: { timeouts: { idleMs: 60 } },
    is: { code: 'ONETRACE_CONNECTOR_TIMEOUT', retryable: true, sent: true, status: 200 },
    attempts: 1,
    says: 'silent in the middle of its stream for 60 ms',
  },
  'an answer that is not HTTP': {
    to: writes('SSH-2.0-OpenSSH\r\n', (socket) => socket.end()),
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true },
    attempts: 1,
    says: 'did not answer in HTTP',
  },
  'huge headers': {
    to: writes(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`),
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true },
    attempts: 1,
    says: 'sent headers of more than 16384 bytes',
  },
  'a body that is half-closed before its length': {
    to: writes(`${HEAD}content-length: 500\r\n\r\n{"choices"`, (socket) => socket.end()),
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: true, sent: true, status: 200 },
    attempts: 1,
    says: 'broke off its response in the middle of the body',
  },
  'a chunk that is not all there': {
    to: writes(`${HEAD}transfer-encoding: chunked\r\n\r\nff\r\n{"choices"`, (socket) => socket.resetAndDestroy()),
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: true, sent: true, status: 200 },
    attempts: 1,
    says: 'broke off its response in the middle of the body',
  },
  'a stream that breaks off in the middle of an event': {
    to: writes(`${EVENTS}${CHUNK}data: {"choi`, (socket) => socket.end()),
    stream: true,
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true, status: 200 },
    attempts: 1,
    says: 'its stream ended before the answer was complete',
  },
  'broken JSON': {
    to: writes(`${HEAD}content-length: 4\r\n\r\n{"a"`),
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true, status: 200 },
    attempts: 1,
    says: 'its body of 4 bytes is not valid JSON',
  },
  'the wrong content type': {
    to: writes('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 0\r\n\r\n'),
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true, status: 200 },
    attempts: 1,
    says: 'its content type is "text/html" instead of JSON',
  },
  'a body that never ends': {
    to: drips(`${HEAD}\r\n`, 'x'.repeat(1000)),
    options: { maxResponseBytes: 5000 },
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true, status: 200 },
    attempts: 1,
    says: 'sent a response of more than 5000 bytes',
  },
  'a line of an event that never ends': {
    to: drips(`${EVENTS}${CHUNK}data: `, 'x'.repeat(1000)),
    stream: true,
    options: { maxEventCharacters: 5000 },
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true, status: 200 },
    attempts: 1,
    says: 'sent an event, or a line of one, of more than 5000 characters',
  },
  'an event of lines without end': {
    to: drips(EVENTS + CHUNK, `data: ${'x'.repeat(100)}\n`),
    stream: true,
    options: { maxEventCharacters: 5000 },
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true, status: 200 },
    attempts: 1,
    says: 'of more than 5000 characters',
  },
  'an event that is too long and whole': {
    to: writes(`${EVENTS}${CHUNK}data: ${'x'.repeat(6000)}\n\n`),
    stream: true,
    options: { maxEventCharacters: 5000 },
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true, status: 200 },
    attempts: 1,
    says: 'of more than 5000 characters',
  },
  'a small body that unpacks into a huge one': {
    to: async () => {
      const bomb = gzipSync(Buffer.alloc(10_000_000));
      const head = `${HEAD}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`;
      return writes(Buffer.concat([Buffer.from(head), bomb]))();
    },
    is: { code: 'ONETRACE_CONNECTOR_RESPONSE', retryable: false, sent: true, status: 200 },
    attempts: 1,
    says: 'sent a compressed response that was not asked for',
  },
  'a redirect to somebody else': {
    to: writes(`HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n`),
    is: { code: 'ONETRACE_CONNECTOR_STATUS', retryable: false, sent: true, status: 307 },
    attempts: 1,
    says: 'redirects are not followed',
  },
};

describe('an exchange that fails', () => {
  it.each(Object.entries(CASES))(
    'by %s is one typed error that says what to do, and leaves no connection',
    async (_, expected) => {
      const baseUrl = await expected.to();
      const llm = model.connector({
        baseUrl,
        retry: { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 },
        ...expected.options,
      });
      const call = async (): Promise<void> => {
        if (expected.stream !== true) return void (await llm.chatCompletions(REQUEST));
        for await (const chunk of await llm.chatCompletions({ ...REQUEST, stream: true })) void chunk;
      };
      const error = await failure(call());
      expect(error).toMatchObject({ ...expected.is, attempts: expected.attempts, target: llm.target });
      expect(error.status).toBe(expected.is.status);
      expect(error.message).toContain(expected.says);
      expect(error.message).toContain(expected.attempts === 2 ? ' (attempt 2 of 2); ' : ' (attempt 1); ');
      expect(error.remedy.length).toBeGreaterThan(10);
      expect(error.message.endsWith(`; ${error.remedy}`)).toBe(true);
      expect(model.chatSpans).toMatchObject([
        { status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': error.code } },
      ]);
      const attempts = model.collector.spans().filter(({ name }) => name === `POST ${llm.target}`);
      expect(attempts).toHaveLength(expected.attempts);
      for (const attempt of attempts) expect(attempt.status.code).toBe(SpanStatusCode.ERROR);
      expect(model.messages.filter((message) => message.startsWith('model call'))).toEqual([
        'model call started',
        'model call failed',
      ]);
      await llm.close();
      await Promise.all(raw.left);
    },
  );

  it('by a compressed error says no word of what cannot be read', async () => {
    const body = gzipSync(JSON.stringify({ error: 'unreadable' }));
    const head = `HTTP/1.1 500 X\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`;
    const baseUrl = await writes(Buffer.concat([Buffer.from(head), body]))();
    const error = await failure(model.connector({ baseUrl }).chatCompletions(REQUEST));
    expect(error.message).toContain('with 500 (attempt 1); ');
  });

  it('by a redirect sends nothing to where it leads', async () => {
    const elsewhere = await raw.answering((socket) => socket.end());
    const location = `HTTP/1.1 307 X\r\nlocation: http://${elsewhere}/\r\ncontent-length: 0\r\n\r\n`;
    const error = await failure(model.connector({ baseUrl: await writes(location)() }).chatCompletions(REQUEST));
    expect(error).toMatchObject({ status: 307 });
    expect(raw.sockets).toHaveLength(1);
  });
});

import { createServer as createHttp2Server, connect as connectHttp2 } from 'node:http2';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { collectSpans } from '../testing/index.js';
import { send, sendRaw, until } from './request-client.fixture.js';
import { openEntrance, type TracedServer, tracedServers } from './traced-server.fixture.js';

const servers = tracedServers();

const ends = (server: TracedServer) => server.lines.filter((line) => line['message'] !== 'request started');
const bytesOf = (line: Record<string, unknown> | undefined) => {
  const { request_bytes: received, response_bytes: sent } = line?.['extra'] as Record<string, unknown>;
  return [received, sent];
};

async function bytes(listener: RequestListener, options: object = {}, body?: string): Promise<unknown[]> {
  const server = await servers.start(listener);
  await send(server.port, '/', { method: body === undefined ? 'GET' : 'POST', ...options }, body);
  return bytesOf(await until(() => ends(server)[0]));
}

const POST = { method: 'POST' };
const CHUNKED = { ...POST, headers: { 'transfer-encoding': 'chunked' } };
interface Row {
  readonly what: string;
  readonly expected: readonly [received: number, sent: number];
  readonly listener: RequestListener;
  readonly options?: object;
  readonly body?: string;
}

const TABLE: readonly Row[] = [
  { what: 'neither body', expected: [0, 0], listener: (_, response) => response.end() },
  { what: 'a text at the end', expected: [0, 3], listener: (_, response) => response.end('ab\n') },
  { what: 'more bytes than characters', expected: [0, 6], listener: (_, response) => response.end('日本') },
  { what: 'another encoding', expected: [0, 2], listener: (_, response) => response.end('e9e8', 'hex') },
  { what: 'a buffer', expected: [0, 5], listener: (_, response) => response.end(Buffer.alloc(5)) },
  {
    what: 'parts and an end',
    expected: [0, 7],
    listener: (_, response) => {
      response.write('abc');
      response.write('de');
      response.end('fg');
    },
  },
  {
    what: 'a callback',
    expected: [0, 2],
    listener: (_, response) => void response.write('ab', () => response.end(() => undefined)),
  },
  {
    what: 'a stream',
    expected: [0, 200_000],
    listener: (_, response) => void Readable.from([Buffer.alloc(150_000), Buffer.alloc(50_000)]).pipe(response),
  },
  {
    what: 'a body that is not read',
    expected: [4, 2],
    listener: (_, response) => void setTimeout(() => response.end('ok'), 20),
    options: POST,
    body: 'four',
  },
  {
    what: 'a body that is sent back',
    expected: [4, 4],
    listener: (request, response) => void request.pipe(response),
    options: POST,
    body: 'four',
  },
  {
    what: 'a body in chunks',
    expected: [4, 2],
    listener: (request, response) => void request.resume().on('end', () => response.end('ok')),
    options: CHUNKED,
    body: 'four',
  },
  { what: 'HEAD', expected: [0, 0], listener: (_, response) => response.end('not sent'), options: { method: 'HEAD' } },
  { what: '204', expected: [0, 0], listener: (_, response) => response.writeHead(204).end('not sent') },
];

it.each(TABLE)('a request line says the bytes of both bodies: $what', async ({ expected, listener, options, body }) => {
  expect(await bytes(listener, options, body)).toEqual(expected);
});

it('counts what a compression hands over', async () => {
  let compressed = 0;
  const [, sent] = await bytes((_, response) => {
    const gzip = createGzip().on('data', (chunk: Buffer) => (compressed += chunk.length));
    void pipeline(Readable.from(['a'.repeat(10_000)]), gzip, response);
  });
  expect(sent).toBe(compressed);
  expect(compressed).toBeLessThan(1000);
});

it('tells requests of one connection apart', async () => {
  const server = await servers.start((request, response) => {
    request.resume().on('end', () => response.end('x'.repeat(Number(request.url?.slice(1)))));
  });
  const post = (length: number): string => `POST /${length} HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n`;
  await sendRaw(server.port, `${post(3)}\r\nabc${post(5)}connection: close\r\n\r\nabcde`);
  await until(() => ends(server)[1]);
  expect(ends(server).map(bytesOf)).toEqual([
    [3, 3],
    [5, 5],
  ]);
});

it('counts over HTTP/2, where a body comes without a word and the end of an answer is a write', async () => {
  const spans = collectSpans();
  const server = createHttp2Server((request, response) => {
    request.resume().on('end', () => {
      response.write('abc');
      response.end('de');
    });
  });
  // The lines of any server go where those of the traced one go.
  const lines = await servers.start(() => undefined);
  openEntrance(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    client.request({ ':path': '/', ':method': 'POST' }).end('four').resume();
    expect(bytesOf(await until(() => ends(lines)[0]))).toEqual([4, 5]);
  } finally {
    client.close();
    await new Promise((resolve) => server.close(resolve));
    await spans.stop();
  }
});

it('leaves errors of writing what they are', async () => {
  const thrown: unknown[] = [];
  await bytes((_, response) => {
    for (const write of [() => response.write(7), () => response.write(null)]) {
      try {
        write();
      } catch (error) {
        thrown.push((error as { code?: unknown }).code);
      }
    }
    response.end();
  });
  expect(thrown).toEqual(['ERR_INVALID_ARG_TYPE', 'ERR_STREAM_NULL_VALUES']);
});

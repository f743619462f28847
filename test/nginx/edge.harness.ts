import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNginx, type NginxProcess } from '../../tools/chain/nginx.process.ts';
import { ensureNginx } from '../../tools/setup/nginx.ts';

export type Header = [name: string, value: string];

/** What the gateway would have got. */
export interface Arrived {
  method: string;
  url: string;
  headers: Header[];
  /** Milliseconds of the epoch at which it arrived. */
  at: number;
}

/** An answer as it came over the wire, repeated headers included. */
export interface Answer {
  status: number;
  headers: Header[];
  body: string;
}

export interface AccessLine {
  timestamp: string;
  level: string;
  message: string;
  trace_id: string;
  span_id: string;
  component: string;
  client_id?: string;
  duration_ms: number;
  extra: Record<string, unknown>;
}

export interface Request {
  method?: string;
  /** Sent as it is, however hostile. */
  path?: string;
  headers?: Header[];
  body?: string;
}

/** A real nginx with the real configuration in front of an upstream that records what arrives. */
export interface Edge {
  nginx: NginxProcess;
  send(request?: Request): Promise<Answer>;
  /** What the last request became on its way inwards. */
  last(): Arrived;
  arrivals: Arrived[];
  /** Replaces how the upstream answers from now on. */
  answerWith(handler: (request: IncomingMessage, response: ServerResponse) => void): void;
  /** The access line of a trace, once nginx has written it. */
  line(traceId: string): Promise<AccessLine>;
  /** Every access line so far, unparsed. */
  lines(): Promise<string[]>;
  stopUpstream(): Promise<void>;
  stop(): Promise<void>;
}

export async function startEdge(options: {
  trusted?: string[];
  clients?: Record<string, string>;
  env?: Record<string, string>;
  readTimeout?: string;
}): Promise<Edge> {
  const folder = await mkdtemp(join(tmpdir(), 'onetrace nginx-'));
  const arrivals: Arrived[] = [];
  let handler = (_request: IncomingMessage, response: ServerResponse): void => void response.end('{}');
  const upstream = createServer((request, response) => {
    const { rawHeaders } = request;
    const headers = rawHeaders.flatMap((name, i): Header[] =>
      i % 2 ? [] : [[name.toLowerCase(), rawHeaders[i + 1] ?? '']],
    );
    arrivals.push({ method: request.method ?? '', url: request.url ?? '', headers, at: Date.now() });
    request.resume();
    handler(request, response);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const address = upstream.address();
  const gatewayPort = address && typeof address === 'object' ? address.port : 0;
  const stopUpstream = async (): Promise<void> => {
    if (!upstream.listening) return;
    const closed = new Promise((resolve) => upstream.close(resolve));
    upstream.closeAllConnections();
    await closed;
  };
  const tool = await ensureNginx(() => {});
  const nginx = await startNginx({ tool, gatewayPort, folder, ...options }).catch(async (error: unknown) => {
    await stopUpstream();
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const lines = async (): Promise<string[]> => (await readFile(nginx.accessLog, 'utf8')).split('\n').filter(Boolean);

  return {
    nginx,
    arrivals,
    lines,
    stopUpstream,
    send: (request = {}) => exchange(nginx.port, request),
    last() {
      const arrived = arrivals.at(-1);
      if (!arrived) throw new Error('nothing arrived');
      return arrived;
    },
    answerWith: (next) => void (handler = next),
    async line(traceId) {
      const deadline = Date.now() + 5_000;
      for (;;) {
        const found = (await lines()).find((each) => each.includes(`"trace_id":"${traceId}"`));
        if (found) return JSON.parse(found) as AccessLine;
        if (Date.now() > deadline) throw new Error(`no access line of ${traceId} in:\n${(await lines()).join('\n')}`);
        await sleep(10);
      }
    },
    async stop() {
      await nginx.stop();
      await stopUpstream();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** All values of one header. */
export function values(headers: Header[], name: string): string[] {
  return headers.filter(([each]) => each === name).map(([, value]) => value);
}

/** The one value of a header that must not be repeated. */
export function value(headers: Header[], name: string): string | undefined {
  const found = values(headers, name);
  if (found.length > 1) throw new Error(`${name} came ${found.length} times: ${found.join(' | ')}`);
  return found[0];
}

/** One request over a socket of its own, because fetch refuses what an attacker would send. */
function exchange(port: number, { method = 'GET', path = '/v1/runs', headers = [], body }: Request): Promise<Answer> {
  const length: Header[] = body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(body))]];
  const all: Header[] = [['Host', 'edge.test'], ['Connection', 'close'], ...length, ...headers];
  const head = [`${method} ${path} HTTP/1.1`, ...all.map(([name, text]) => `${name}: ${text}`), '', ''].join('\r\n');
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = createConnection(port, '127.0.0.1', () => socket.write(Buffer.from(head + (body ?? ''), 'latin1')));
    socket.setEncoding('latin1').on('data', (chunk: string) => (got += chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      const [top = '', ...rest] = got.split('\r\n\r\n');
      const [status = '', ...fields] = top.split('\r\n');
      resolve({
        status: Number(status.split(' ')[1]),
        headers: fields.map((field): Header => {
          const colon = field.indexOf(':');
          return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
        }),
        body: rest.join('\r\n\r\n'),
      });
    });
  });
}

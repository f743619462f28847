import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';
import { parseLine } from '../lines/line.parser.js';
import { TailFollower, type TailTarget } from '../lines/tail.follower.js';
import { OnetraceError } from '../onetrace.error.js';
import { openStore, type Store } from '../store/store.js';
import { LinesRoute } from './lines.route.js';
import { OTLP_PATHS, receiveOtlp } from './otlp.route.js';
import { answerQuery } from './query.route.js';
import { errorReply, jsonReply, send, type Reply } from './reply.js';

/** What a receiver may be told; all of it is optional. */
export interface ReceiverOptions {
  /** Default 4318, the port of OTLP/HTTP; 0 takes a free one. */
  port?: number;
  /** Default `127.0.0.1`. Any other address lets others on the network read and write. */
  host?: string;
  /** File of the store. Default `:memory:`: gone when the receiver closes. */
  db?: string;
  /** Above this many bytes the oldest is dropped. Default 512 MiB. */
  maxBytes?: number;
  /** Files to follow, by name or glob pattern; they may appear later. */
  tail?: readonly string[];
  /** Largest body of one request, packed and unpacked, in bytes. Default 16 MiB. */
  bodyLimit?: number;
}

/** A running receiver. */
export interface Receiver {
  /** Base URL, for `OTEL_EXPORTER_OTLP_ENDPOINT` and `onetrace show --url`. */
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  /** Reads what the followed files still have, answers what is under way, closes the store. Closing twice is fine. */
  close(): Promise<void>;
}

const DEFAULTS = { port: 4318, host: '127.0.0.1', db: ':memory:', tail: [], bodyLimit: 16 * 1024 * 1024 };

/**
 * Receives OTLP/HTTP (`/v1/traces`, `/v1/logs`, `/v1/metrics`) and log lines (`/lines`, followed files) into a store, and
 * answers for flows (`/api/...`).
 * @throws OnetraceError `ONETRACE_PORT_BUSY` when the port is taken, and what {@link openStore} throws.
 */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { port, host, db, tail, bodyLimit } = { ...DEFAULTS, ...options };
  const store = openStore({ path: db, ...(options.maxBytes !== undefined && { maxBytes: options.maxBytes }) });
  const linesRoute = new LinesRoute(store, bodyLimit);
  const server = createServer((request, response) => {
    answer(request, store, linesRoute, bodyLimit).then(
      (reply) => send(request, response, reply),
      (error: unknown) => fail(request, response, error),
    );
  });
  try {
    await listen(server, port, host);
  } catch (error) {
    store.close();
    throw error;
  }
  const follower = tail.length === 0 ? undefined : new TailFollower(tail, followInto(store));
  const bound = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${bound}`,
    port: bound,
    store,
    close: () => (closing ??= stop(server, follower, store)),
  };
}

async function answer(request: IncomingMessage, store: Store, lines: LinesRoute, bodyLimit: number): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const signal = OTLP_PATHS[url.pathname];
  if (signal === undefined && url.pathname !== '/lines') {
    const found = ['GET', 'HEAD'].includes(request.method ?? '') ? answerQuery(request, url, store) : undefined;
    return (
      found ??
      jsonReply(404, {
        message: `there is no ${request.method} ${url.pathname}; OTLP goes to /v1/traces, lines to /lines`,
      })
    );
  }
  if (request.method !== 'POST')
    return jsonReply(405, { message: `${url.pathname} takes POST, not ${request.method}` });
  return signal === undefined ? lines.receive(request, url) : receiveOtlp(request, signal, store, bodyLimit);
}

function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (!response.headersSent && !response.destroyed) send(request, response, errorReply(error));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, host)));
    server.listen(port, host, resolve);
  });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new OnetraceError(
    'ONETRACE_PORT_BUSY',
    `${host}:${port} is already in use, perhaps by another onetrace dev or a collector; stop that one, or take another ` +
      `port: onetrace dev --port ${port + 2}, and tell the applications: OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:${port + 2}`,
    { cause: error },
  );
}

function followInto(store: Store): TailTarget {
  return {
    tailOffset: (file) => store.tailOffset(file),
    storeTail: (lines, positions) => {
      const timeMs = Date.now();
      store.addTail(
        lines.flatMap((line) => parseLine(line, { timeMs }) ?? []),
        positions,
      );
    },
  };
}

async function stop(server: Server, follower: TailFollower | undefined, store: Store): Promise<void> {
  await follower?.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // A sender that never finishes its request must not keep the receiver up.
    setTimeout(() => server.closeAllConnections(), 1000).unref();
  });
  store.close();
}

import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';
import type { HttpAdapterHost } from '@nestjs/core';
import { compileHopTrust, compileTrust, type TrustRule } from '../context/index.js';
import { createRootLogger, setRootLogger } from '../logging/index.js';
import { compileIgnore, DEFAULT_IGNORED_PATHS, DEFAULT_REQUEST_LINES, type HttpSettings } from './http-settings.js';
import { RequestTraces } from './request-traces.js';
import { ServerEntrance } from './server-entrance.js';

/** A server of `node:http` with our entrance and nothing of Nest. */
export interface TracedServer {
  readonly port: number;
  readonly server: Server;
  readonly lines: Record<string, unknown>[];
  close(): Promise<void>;
}

/** Settings as the module resolves them by default. */
export function httpSettings(trust: TrustRule = 'private'): HttpSettings {
  return {
    component: 'gateway',
    isTrusted: compileTrust(trust),
    isTrustedHop: compileHopTrust(trust),
    isIgnored: compileIgnore(DEFAULT_IGNORED_PATHS),
    propagateTo: [],
    traceresponse: false,
    debugHeader: 'x-debug',
    lines: DEFAULT_REQUEST_LINES,
  };
}

/** Opens the entrance of any server. */
export function openEntrance(server: object, settings = httpSettings()): void {
  const host = { httpAdapter: { getHttpServer: () => server, getInstance: () => undefined } };
  new ServerEntrance(host as unknown as HttpAdapterHost, new RequestTraces(settings));
}

/** Starts a traced server on a free port. */
export async function startTracedServer(
  listener: RequestListener,
  {
    trust,
    settings = httpSettings(trust),
    ...options
  }: ServerOptions & {
    readonly trust?: TrustRule;
    readonly settings?: HttpSettings;
  } = {},
): Promise<TracedServer> {
  const lines: Record<string, unknown>[] = [];
  const write = (text: string): void => void lines.push(JSON.parse(text) as Record<string, unknown>);
  const before = setRootLogger(createRootLogger({ component: 'gateway', level: 'info', destination: { write } }));
  const server = createServer(options, listener);
  openEntrance(server, settings);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    server,
    lines,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      setRootLogger(before);
    },
  };
}

/** The servers of the tests of a spec file. */
export interface TracedServers {
  /** Starts one, which is closed after its test. */
  readonly start: typeof startTracedServer;
  /** Lines that were written while the last one ran. */
  readonly lines: () => TracedServer['lines'];
}

export function tracedServers(): TracedServers {
  const started: TracedServer[] = [];
  let lines: TracedServer['lines'] = [];
  afterEach(async () => {
    for (const server of started.splice(0).reverse()) await server.close();
  });
  const start: typeof startTracedServer = async (...given) => {
    const server = await startTracedServer(...given);
    started.push(server);
    lines = server.lines;
    return server;
  };
  return { start, lines: () => lines };
}

import type { OutgoingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** What the proxy answers itself: a gRPC status and a text, or nothing at all. */
export type ProxyAnswer = { code: number; message: string } | 'silence';

/** A proxy in front of a Temporal server, as companies have it, that does not let every call through. */
export interface GrpcProxy {
  /** `host:port` for clients and workers. */
  address: string;
  /** Paths of the calls that the proxy answered itself. */
  answered: string[];
  close(): Promise<void>;
}

/** Starts a proxy to `target`; `decide` sees the path of each call, `/package.Service/Method`. */
export async function startGrpcProxy(
  target: string,
  decide: (path: string) => ProxyAnswer | undefined,
): Promise<GrpcProxy> {
  const answered: string[] = [];
  const incoming = new Set<ServerHttp2Session>();
  const outgoing = new Set<ClientHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    const upstream = connect(`http://${target}`);
    incoming.add(session);
    outgoing.add(upstream);
    session.on('error', () => undefined).on('close', () => upstream.close());
    upstream.on('error', () => session.destroy());
    session.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      const path = String(headers[':path']);
      const answer = decide(path);
      if (answer !== undefined) {
        answered.push(path);
        if (answer === 'silence') return;
        const status = { 'grpc-status': String(answer.code), 'grpc-message': encodeURIComponent(answer.message) };
        stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true });
        return;
      }
      const call = upstream.request({ ...headers, ':authority': target });
      stream.pipe(call);
      stream.on('aborted', () => call.close());
      call.on('error', () => stream.close());
      call.on('response', (response) => {
        const { ':status': code, ...own } = response;
        const only = call.readableEnded || own['grpc-status'] !== undefined;
        stream.respond({ ':status': Number(code), ...own }, only ? { endStream: true } : { waitForTrailers: true });
        if (only) return;
        let trailers: OutgoingHttpHeaders = {};
        call.on('trailers', (received: OutgoingHttpHeaders) => {
          trailers = received;
        });
        stream.on('wantTrailers', () => stream.sendTrailers(trailers));
        call.pipe(stream);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    close: () =>
      new Promise((resolve) => {
        for (const session of [...incoming, ...outgoing]) session.destroy();
        server.close(() => resolve());
      }),
  };
}

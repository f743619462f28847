import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { TRACES_REQUEST } from '../../libs/onetrace/src/otlp/otlp.schema.ts';
import { decodeRequest } from '../../libs/onetrace/src/otlp/request.decoder.ts';
import { readTraces } from '../../libs/onetrace/src/otlp/traces.reader.ts';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';

/** Takes spans over OTLP/gRPC, for servers that speak nothing else. */
export interface OtlpGrpcReceiver {
  /** `host:port`. */
  address: string;
  close(): Promise<void>;
}

/** A gRPC message begins with a flag that says whether it is compressed, and its length in four bytes. */
const PREFIX_BYTES = 5;
const EMPTY_MESSAGE = Buffer.alloc(PREFIX_BYTES);

/** Puts what it receives to `spans`. */
export async function startOtlpGrpcReceiver(spans: Span[]): Promise<OtlpGrpcReceiver> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream: ServerHttp2Stream) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const message = Buffer.concat(chunks);
      const body = message.subarray(PREFIX_BYTES);
      const plain = message[0] === 1 ? gunzipSync(body) : body;
      spans.push(...readTraces(decodeRequest(TRACES_REQUEST, 'protobuf', plain)).items);
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.end(EMPTY_MESSAGE);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

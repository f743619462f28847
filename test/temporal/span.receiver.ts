import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { TRACES_REQUEST } from '../../libs/onetrace/src/otlp/otlp.schema.ts';
import { decodeRequest } from '../../libs/onetrace/src/otlp/request.decoder.ts';
import { readTraces } from '../../libs/onetrace/src/otlp/traces.reader.ts';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';

/** Takes spans over OTLP/HTTP as they come: what is sent twice is there twice. */
export interface SpanReceiver {
  url: string;
  spans: Span[];
  close(): Promise<void>;
}

export async function startSpanReceiver(): Promise<SpanReceiver> {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      const isJson = request.headers['content-type'] === 'application/json';
      spans.push(...readTraces(decodeRequest(TRACES_REQUEST, isJson ? 'json' : 'protobuf', plain)).items);
      response.writeHead(200, { 'content-type': request.headers['content-type'] }).end(isJson ? '{}' : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

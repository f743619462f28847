import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { MessageSchema } from '../../libs/onetrace/src/otlp/otlp.schema.ts';
import { decodeMessage } from '../../libs/onetrace/src/otlp/protobuf.decoder.ts';

/** What is read of an export request. */
const SPAN: MessageSchema = { 2: { name: 'spanId', type: 'hex' } };
const SCOPE: MessageSchema = { 2: { name: 'spans', type: SPAN, repeated: true } };
const RESOURCE: MessageSchema = { 2: { name: 'scopes', type: SCOPE, repeated: true } };
const REQUEST: MessageSchema = { 1: { name: 'resources', type: RESOURCE, repeated: true } };
interface Request {
  readonly resources: readonly { readonly scopes: readonly { readonly spans: readonly { spanId: string }[] }[] }[];
}

/** Takes the spans of a worker over OTLP/HTTP and counts them. */
export class CountingReceiver {
  /** Bytes of the requests, unpacked. */
  bytes = 0;
  private readonly spanIds = new Set<string>();
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      this.bytes += plain.length;
      const { resources } = decodeMessage(REQUEST, plain) as unknown as Request;
      for (const { scopes } of resources)
        for (const { spans } of scopes) for (const { spanId } of spans) this.spanIds.add(spanId);
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });

  async listen(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Spans that came; one that was sent twice counts once. */
  get spans(): number {
    return this.spanIds.size;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

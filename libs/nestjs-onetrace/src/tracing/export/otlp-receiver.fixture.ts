import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One export as the receiver saw it. */
export interface ReceivedExport {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An OTLP receiver on a free port whose answers the test decides. */
export interface OtlpReceiver {
  readonly url: string;
  readonly exports: ReceivedExport[];
  /** Most requests that were open at once. */
  readonly mostOpen: () => number;
  /** Spans of all exports; only of `http/json`. */
  readonly spans: () => { readonly name: string }[];
  stop(): Promise<void>;
}

/** Starts one; without `answer` it takes everything at once. */
export async function startOtlpReceiver(
  answer: (response: ServerResponse, exported: ReceivedExport) => void = (response) => response.end('{}'),
): Promise<OtlpReceiver> {
  const exports: ReceivedExport[] = [];
  let open = 0;
  let mostOpen = 0;
  const server = createServer((request, response) => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    response.on('close', () => (open -= 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const exported = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
      exports.push(exported);
      answer(response, exported);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    mostOpen: () => mostOpen,
    spans: () => exports.flatMap(({ body }) => spansOf(body)),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface ExportRequest {
  readonly resourceSpans: { readonly scopeSpans: { readonly spans: { readonly name: string }[] }[] }[];
}

function spansOf(body: Buffer): { readonly name: string }[] {
  const { resourceSpans } = JSON.parse(body.toString()) as ExportRequest;
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

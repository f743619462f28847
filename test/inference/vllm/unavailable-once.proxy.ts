import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy in front of a model server. */
export interface UnavailableOnceProxy {
  url: string;
  /** The request IDs that came, in order. */
  requestIds: string[];
  close(): Promise<void>;
}

/** Answers every other request with 503 and hands the rest on, so that each call takes two attempts. */
export async function startUnavailableOnceProxy(target: string): Promise<UnavailableOnceProxy> {
  const requestIds: string[] = [];
  const server = createServer((request, response) => {
    requestIds.push(String(request.headers['x-request-id']));
    if (requestIds.length % 2 === 1) {
      request.resume();
      response.writeHead(503).end();
      return;
    }
    const { method, url = '/', headers } = request;
    const onward = forward(new URL(url, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requestIds,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How one call is answered. */
export type Answer = (response: ServerResponse) => void;

/** A model server whose answers the test chooses. */
export interface TestModel {
  readonly url: string;
  /** One for each call; the last one for all others. */
  answers: Answer[];
  /** When calls came, in milliseconds of `performance.now()`. */
  readonly calls: number[];
  /** Resolves when the next call has come. */
  called(): Promise<unknown>;
  close(): Promise<void>;
}

export const completes: Answer = (response) => {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'done' }, finish_reason: 'stop' }];
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ id: '1', model: 'tiny', choices }));
};

export const fails =
  (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end('{"error":"no"}');

/** Speaks at `/gone` once the connection of a call has been closed by its client. */
export async function startModel(): Promise<TestModel> {
  const gone = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.url === '/gone') return void gone.promise.then(() => response.end());
    model.calls.push(performance.now());
    response.once('close', () => {
      if (!response.writableFinished) gone.resolve();
    });
    const answer = model.answers.length > 1 ? model.answers.shift() : model.answers[0];
    request.resume().once('end', () => {
      server.emit('called');
      answer?.(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const model: TestModel = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers: [completes],
    calls: [],
    called: () => once(server, 'called'),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return model;
}

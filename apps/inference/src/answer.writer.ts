import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.js';

/** Sends a JSON body of known length. */
export function sendJson(response: ServerResponse, status: number, body: unknown, garbled = false): void {
  const whole = Buffer.from(JSON.stringify(body));
  const payload = garbled ? whole.subarray(0, whole.length / 2) : whole;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': payload.length }).end(payload);
}

/** Sends an answer, a stream as server-sent events; resolves when all is handed to the socket or the client is gone. */
export async function sendAnswer(response: ServerResponse, answer: Answer, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  const finished = once(response, 'close');
  if ('body' in answer) {
    sendJson(response, answer.status, answer.body, answer.garbled);
  } else {
    response.writeHead(answer.status, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const event of answer.events) {
      if (!response.write(`data: ${event}\n\n`)) await Promise.race([once(response, 'drain'), finished]);
    }
    response.end();
  }
  await finished;
}

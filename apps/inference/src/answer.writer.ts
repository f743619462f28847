import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Answer, Spoiling } from './answer.js';

/** What a decompression bomb unpacks to; it is sent as some 64 kB. */
const BOMB_BYTES = 64 * 1024 * 1024;

/** Sends a JSON body of known length. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const payload = Buffer.from(JSON.stringify(body));
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': payload.length, ...headers })
    .end(payload);
}

/** Sends an answer, a stream as server-sent events; resolves when all is handed to the socket or the client is gone. */
export async function sendAnswer(response: ServerResponse, answer: Answer, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  const finished = once(response, 'close');
  if (answer.spoiling !== undefined) {
    await sendSpoiled(response, answer, answer.spoiling, gone);
  } else if ('body' in answer) {
    sendJson(response, answer.status, answer.body, answer.headers);
  } else {
    response.writeHead(answer.status, { 'content-type': EVENT_STREAM, ...answer.headers });
    for (const event of answer.events) {
      if (!response.write(framed(event))) await Promise.race([once(response, 'drain'), finished]);
    }
    response.end();
  }
  await finished;
}

const EVENT_STREAM = 'text/event-stream; charset=utf-8';

function framed(event: string): string {
  return `data: ${event}\n\n`;
}

async function sendSpoiled(
  response: ServerResponse,
  answer: Answer,
  spoiling: Spoiling,
  gone: AbortSignal,
): Promise<void> {
  const whole = Buffer.from('body' in answer ? JSON.stringify(answer.body) : answer.events.map(framed).join(''));
  const half = whole.subarray(0, whole.length / 2);
  const type = 'body' in answer ? 'application/json' : EVENT_STREAM;
  const head = (length: number, more: Readonly<Record<string, string>> = {}): ServerResponse =>
    response.writeHead(answer.status, { 'content-type': type, 'content-length': length, ...answer.headers, ...more });
  switch (spoiling.kind) {
    case 'garbled':
      head(half.length).end(half);
      return;
    case 'truncated':
      head(whole.length).write(half, () => response.destroy());
      return;
    case 'half-closed':
      head(whole.length).write(half, () => response.socket?.end());
      return;
    case 'drip':
      head(whole.length).flushHeaders();
      for (const byte of whole) {
        if (gone.aborted) return;
        response.write(Buffer.of(byte));
        await wait(spoiling.ms, undefined, { signal: gone }).catch(() => undefined);
      }
      response.end();
      return;
    case 'wrong-type':
      head(whole.length, { 'content-type': 'text/html' }).end(whole);
      return;
    case 'bomb': {
      const packed = gzipSync(Buffer.alloc(BOMB_BYTES, ' '));
      head(packed.length, { 'content-encoding': 'gzip' }).end(packed);
      return;
    }
  }
}

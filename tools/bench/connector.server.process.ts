/**
 * `node connector.server.process.ts` is a model server that costs as little as it can: it answers `POST /v1/chat/completions` always with the same,
 * plain or event by event, and tells its parent the port.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How long the patient model thinks, in milliseconds. */
const PATIENCE_MS = 10;
const EVENTS = 500;
const USAGE = { prompt_tokens: 12, completion_tokens: EVENTS, total_tokens: EVENTS + 12 };
const HEAD = { id: 'chatcmpl-0af7651916cd43dd8448eb211c80319c', created: 1795229616, model: 'tiny' };

const COMPLETION = JSON.stringify({
  ...HEAD,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Colours of '.repeat(20) },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: USAGE,
});
const chunk = (choices: readonly object[], more: object = {}): string =>
  `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
const TOKEN = chunk([{ index: 0, delta: { content: ' token' }, logprobs: null, finish_reason: null }]);
const LAST = `${chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }])}${chunk([], { usage: USAGE })}data: [DONE]\n\n`;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('latin1').on('data', (text: string) => (body += text));
  request.on('end', () => {
    const answer = (): void => (body.includes('"stream":true') ? stream(response) : whole(response));
    if (body.includes('"patient"')) setTimeout(answer, PATIENCE_MS);
    else answer();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());

function whole(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(COMPLETION);
}

/** Each event goes out for itself, as those of a model do. */
function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let sent = 0;
  const next = (): void => {
    if (response.destroyed) return;
    if (sent === EVENTS) return void response.end(LAST);
    sent += 1;
    if (response.write(TOKEN)) setImmediate(next);
    else response.once('drain', next);
  };
  next();
}

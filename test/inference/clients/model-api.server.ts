import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningServer } from '../model-server.stage.ts';

const CALL = { id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1,"b":2}' } };
const USAGE = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
const HEAD = { id: 'chatcmpl-1', created: 0, model: 'tiny' };

/** A server that speaks what of the OpenAI API the tests of clients need beyond plain chats: tool calls, embeddings, files, and streams without an end. */
export interface ModelApiServer extends RunningServer {
  /** Requests that have come, with their bodies. */
  readonly received: { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string }[];
  /** Streams whose client has left. */
  readonly left: number;
}

export async function startModelApiServer(): Promise<ModelApiServer> {
  const received: { path: string; headers: IncomingMessage['headers']; body: string }[] = [];
  let left = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ path: request.url ?? '', headers: request.headers, body });
      answer(request, response, body, () => (left += 1));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    get left() {
      return left;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, body: string, onLeft: () => void): void {
  const send = (value: unknown): void =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (request.url === '/v1/embeddings') {
    // The package asks for base64 by itself.
    const embedding = Buffer.from(Float32Array.of(0.5, -2).buffer).toString('base64');
    return send({
      object: 'list',
      model: 'tiny',
      data: [{ index: 0, embedding }],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    });
  }
  if (request.url === '/v1/files') return send({ id: 'file-1', object: 'file', bytes: body.length });
  const asked = JSON.parse(body) as { stream?: boolean; tools?: unknown; messages: { role: string }[] };
  if (asked.stream === true) return stream(response, asked.tools !== undefined, onLeft);
  const hasResult = asked.messages.some(({ role }) => role === 'tool');
  const message = hasResult
    ? { role: 'assistant', content: 'It is 3.' }
    : { role: 'assistant', content: null, tool_calls: [CALL] };
  const finish = hasResult ? 'stop' : 'tool_calls';
  send({ ...HEAD, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finish }], usage: USAGE });
}

/** A streamed tool call, or words for ever. */
function stream(response: ServerResponse, callsTool: boolean, onLeft: () => void): void {
  const write = (delta: unknown, finish: string | null = null): void => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    response.write(`data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices })}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  write({ role: 'assistant', content: null });
  if (callsTool) {
    const { function: called, ...rest } = CALL;
    write({ tool_calls: [{ index: 0, ...rest, function: { ...called, arguments: '{"a":1,' } }] });
    write({ tool_calls: [{ index: 0, function: { arguments: '"b":2}' } }] });
    write({}, 'tool_calls');
    response.end('data: [DONE]\n\n');
    return;
  }
  const timer = setInterval(() => write({ content: 'word ' }), 5);
  response.once('close', () => (clearInterval(timer), onLeft()));
}

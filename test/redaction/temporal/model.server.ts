import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SECRETS } from '../secrets.ts';

/** Ways in which the model server answers; the second part of a path names one, the first the secret. */
export const ANSWERS = ['echo-json', 'echo-text', 'own-words', 'typed', 'broken', 'busy', 'whole'] as const;

/** A model server that says in every place of an answer what it was sent, and what it should not. */
export async function startModelServer(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function answer({ url = '', headers }: IncomingMessage, response: ServerResponse, sent: string): void {
  const [, index, way] = url.split('/');
  const { key, value, text, hidden } = SECRETS[Number(index)] as (typeof SECRETS)[number];
  const header = text.replace(/\n/g, ' ');
  const json = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-note': header });
    response.end(JSON.stringify(body));
  };
  const echo = `cannot take ${sent} of ${headers.authorization} at ${url}`;
  switch (way as (typeof ANSWERS)[number]) {
    case 'echo-json':
      return json(400, { error: { message: echo, type: 'invalid', input: text } });
    case 'echo-text':
      response.writeHead(500, header, { 'content-type': 'text/plain', 'retry-after': header });
      return void response.end(echo);
    case 'own-words':
      return json(401, { detail: `my own: ${text}`, [key]: value });
    case 'typed':
      response.writeHead(200, { 'content-type': `text/plain; note="${header}"; key=${hidden.replace(/\n/g, ' ')}` });
      return void response.end(echo);
    case 'broken':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000' });
      return void response.write(echo, () => response.destroy());
    case 'busy':
      return json(503, { message: text });
    case 'whole':
      return json(200, {
        id: text,
        model: text,
        model_version: text,
        choices: [{ message: { role: 'assistant', content: text }, finish_reason: text }],
        outputs: [{ name: 'text', data: [text] }],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      });
  }
}

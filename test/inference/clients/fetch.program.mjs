/** Fetches by a connector under whichever Node.js runs it, and says what came of it: the `fetch` of each hands its requests on in its own way. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createConnector } from 'nestjs-onetrace/connector';

const STREAM = ['a', 'b', 'c']
  .map((word) => `data: {"choices":[{"index":0,"delta":{"content":"${word}"}}]}\n\n`)
  .join('');
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url === '/v1/moved') response.writeHead(307, { location: '/v1/echo' }).end();
    else if (request.url === '/v1/chat/completions')
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${STREAM}data: [DONE]\n\n`);
    else if (request.url === '/v1/broken') request.socket.destroy();
    else if (request.url === '/v1/echo')
      response
        .writeHead(201, ['set-cookie', 'a=1', 'set-cookie', 'b=2', 'x-word', 'caf\xe9'])
        .end(Buffer.concat(chunks));
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const baseUrl = `http://127.0.0.1:${server.address().port}`;
const llm = createConnector({
  name: 'llm',
  protocol: 'openai',
  baseUrl,
  timeouts: { headersMs: 200 },
  retry: { maxAttempts: 1 },
});

async function seen(path, init = {}) {
  try {
    const response = await llm.fetch(`${baseUrl}${path}`, { method: 'POST', body: 'words', ...init });
    const { status, redirected } = response;
    const headers = [response.headers.getSetCookie(), response.headers.get('x-word')];
    return { status, redirected, headers, body: await response.text(), isResponse: response instanceof Response };
  } catch (error) {
    return { name: error.name, code: error.cause?.code };
  }
}

const results = {
  echo: await seen('/v1/echo'),
  moved: await seen('/v1/moved'),
  streamed: await seen('/v1/chat/completions', { body: JSON.stringify({ model: 'tiny', stream: true }) }),
  broken: await seen('/v1/broken'),
  late: await seen('/v1/silent'),
  aborted: await seen('/v1/silent', { signal: AbortSignal.timeout(50) }),
  elsewhere: await llm.fetch('http://127.0.0.2:9/').catch((error) => ({ name: error.name, code: error.cause?.code })),
};
console.log(JSON.stringify({ results }));
await llm.close();
server.closeAllConnections();
server.close();

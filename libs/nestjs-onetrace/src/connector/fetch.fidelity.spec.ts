import { createGzip } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { type Answer, hang, json, ModelServer } from './model-server.fixture.js';

const model = new ModelServer();
const anywhere = (path = '/v1/things'): string => `http://${model.target}${path}`;

/** Everything that a client can see of a call. */
async function seen(fetching: Promise<Response>): Promise<unknown> {
  try {
    const response = await fetching;
    const { status, statusText, ok, url, redirected, type } = response;
    // Each answer has its own.
    const headers = [...response.headers].filter(([name]) => name !== 'date');
    const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
    return { status, statusText, ok, url, redirected, type, headers, body, isResponse: response instanceof Response };
  } catch (error) {
    const { name, message, constructor } = error as Error;
    return { name, message, constructor: constructor.name };
  }
}

describe('what a client gets of connector.fetch', () => {
  const plain: Answer = (_request, response) => void response.writeHead(200).end('plain');
  const redirectTo =
    (path: string, status = 307): Answer =>
    (request, response) =>
      request.url === path
        ? void response.end(`${request.method} ${request.url}`)
        : void response.writeHead(status, { location: path }).end('over there');

  const cases: readonly [name: string, answer: Answer, init?: RequestInit, path?: string][] = [
    ['a text', plain],
    ['an error', json(418, { error: 'teapot' })],
    ['a status text of its own', (_, response) => void response.writeHead(200, 'Very Fine').end()],
    ['no content', (_, response) => void response.writeHead(204).end()],
    ['not modified', (_, response) => void response.writeHead(304, { etag: '"x"' }).end()],
    ['HEAD', plain, { method: 'HEAD' }],
    [
      'headers of the same name, and of other bytes than ASCII',
      (_, response) =>
        void response
          .writeHead(200, ['set-cookie', 'a=1', 'set-cookie', 'b=2', 'x-list', '1', 'X-List', '2', 'x-word', 'caf\xe9'])
          .end(),
    ],
    [
      'bytes of any value',
      (_, response) => void response.end(Buffer.from(Array.from({ length: 70_000 }, (_byte, index) => index % 256))),
    ],
    [
      'early hints before the answer',
      (_, response) => {
        response.writeEarlyHints({ link: '</style.css>; rel=preload' });
        response.end('late');
      },
    ],
    [
      'an encoding that the client asked for',
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        const zip = createGzip();
        zip.pipe(response);
        zip.end('zipped');
      },
      { headers: { 'accept-encoding': 'gzip' } },
    ],
    ['a redirect', redirectTo('/v1/elsewhere')],
    ['a redirect that makes POST a GET', redirectTo('/v1/elsewhere', 303), { method: 'POST', body: 'x' }],
    ['a redirect that keeps the body', redirectTo('/v1/elsewhere', 308), { method: 'POST', body: 'x' }],
    ['a redirect that is not followed', redirectTo('/v1/elsewhere'), { redirect: 'manual' }],
    ['a redirect that is an error', redirectTo('/v1/elsewhere'), { redirect: 'error' }],
    ['a redirect that goes round', (_, response) => void response.writeHead(302, { location: '/v1/things' }).end()],
    ['a connection that breaks', (request) => void request.socket.destroy(), { method: 'POST', body: 'x' }],
    [
      'a body that breaks off',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half');
        setTimeout(() => request.socket.destroy(), 20);
      },
    ],
    ['an aborted signal', hang, { signal: AbortSignal.abort() }],
    ['an abort for a reason', hang, { signal: AbortSignal.abort(new RangeError('mine')) }],
    ['a time-out of its own', hang, { signal: AbortSignal.timeout(30) }],
    ['a body with GET', plain, { method: 'GET', body: 'x' }],
    ['a header that is none', plain, { headers: { 'a b': 'c' } }],
    ['a path with query and fragment', plain, {}, '/v1/things?a=1&b=%20#part'],
    ['a text that is no address', plain, {}, 'nonsense'],
  ];
  it.each(cases.map(([name, answer, init = {}, path = '/v1/things']) => ({ name, answer, init, path })))(
    'is what fetch gives: $name',
    async ({ answer, init, path }) => {
      model.answers = [answer];
      const address = path.startsWith('/') ? anywhere(path) : path;
      const llm = model.connector({ retry: { maxAttempts: 1 } });
      expect(await seen(llm.fetch(address, init))).toEqual(await seen(fetch(address, init)));
    },
  );

  it.each<[string, () => RequestInit & { duplex?: 'half' }]>([
    ['text', () => ({ body: 'wörds' })],
    ['parameters', () => ({ body: new URLSearchParams({ a: '1 2', b: 'ü' }) })],
    ['bytes', () => ({ body: new Uint8Array([0, 255, 13, 10]) })],
    ['part of a buffer', () => ({ body: new DataView(new Uint8Array([9, 8, 7, 6]).buffer, 1, 2) })],
    ['a Blob', () => ({ body: new Blob(['blob'], { type: 'text/x-blob' }) })],
    ['a stream', () => ({ body: new Blob(['streamed']).stream(), duplex: 'half' })],
    ['none', () => ({})],
    ['none, with a length of its own', () => ({ headers: { 'x-own': 'y' } })],
  ])('and what the server gets is what fetch sends: %s', async (_, init) => {
    model.answers = [
      (request, response) => {
        const {
          'content-type': type,
          'content-length': length,
          'transfer-encoding': coding,
          ...rest
        } = request.headers;
        response.end(JSON.stringify([request.method, type, length, coding, rest['x-own']]));
      },
    ];
    const bodies: string[] = [];
    model.server.on('request', (request) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => bodies.push(Buffer.concat(chunks).toString('latin1')));
    });
    const llm = model.connector();
    const ours = await (await llm.fetch(anywhere(), { method: 'POST', ...init() })).text();
    const inRequest = await (await llm.fetch(new Request(anywhere(), { method: 'POST', ...init() }))).text();
    const theirs = await (await fetch(anywhere(), { method: 'POST', ...init() })).text();
    expect([ours, inRequest]).toEqual([theirs, theirs]);
    expect(new Set(bodies).size).toBe(1);
  });

  it('is the whole form, boundary included', async () => {
    model.answers = [plain];
    const forms: Promise<string[]>[] = [];
    model.server.prependListener('request', (request) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      const told = new Promise<string[]>((resolve) =>
        request.on('end', () => {
          const boundary = /boundary=(.+)/.exec(request.headers['content-type'] ?? '')?.[1] ?? 'none';
          resolve(Buffer.concat(chunks).toString().split(boundary));
        }),
      );
      forms.push(told);
    });
    const form = new FormData();
    form.append('purpose', 'batch');
    form.append('file', new File(['{"a":1}'], 'rows.jsonl', { type: 'application/jsonl' }));
    await model.connector().fetch(anywhere(), { method: 'POST', body: form });
    await fetch(anywhere(), { method: 'POST', body: form });
    const [ours, theirs] = await Promise.all(forms);
    expect(ours).toEqual(theirs);
    expect(ours).toHaveLength(4);
  });

  it('is sent to addresses below the base URL alone, and says so', async () => {
    const llm = model.connector();
    for (const address of ['http://127.0.0.1:1/v1/models', 'https://api.openai.com/v1/models?key=abc', 'data:,x']) {
      const error: unknown = await llm.fetch(address).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TypeError);
      expect((error as TypeError).cause).toMatchObject({ code: 'ONETRACE_INVALID_OPTION' });
      expect(String((error as TypeError).cause)).toMatch(/takes addresses below http:\/\/127\.0\.0\.1:\d+\//);
      expect(String((error as TypeError).cause)).not.toContain('abc');
    }
    expect(model.received).toEqual([]);
  });
});

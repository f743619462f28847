import { describe, expect, it } from '@jest/globals';
import { createConnector } from './index.js';
import { type Answer, failure, ModelServer, REQUEST } from './model-server.fixture.js';

const model = new ModelServer();
const KEY = 'own-key-0123456789';
const HEADERS = { Authorization: `Bearer ${KEY}` };

/** A server that repeats the key without its scheme, and the address that it was asked for. */
const repeats: Answer = ({ headers, url }, response) => {
  const key = headers.authorization?.split(' ')[1];
  const message = `Incorrect API key provided: ${key}. Cannot serve ${url}, that is ${decodeURIComponent(url ?? '')}`;
  response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
};

describe('what a server repeats', () => {
  it.each([
    ['all calls', { headers: HEADERS }, {}],
    ['one call', {}, { headers: HEADERS }],
  ])('is not told of a key in the headers of %s', async (_, options, call) => {
    model.answers = [repeats];
    const llm = model.connector({ ...options, apiKey: undefined } as object);
    const error = await failure(llm.chatCompletions(REQUEST, call));
    expect(error.message).toContain('Incorrect API key provided: [not shown]. Cannot serve');
    expect(`${error.stack}${JSON.stringify(model.lines)}`).not.toContain(KEY);
  });

  it('is not told of the query of a request', async () => {
    model.answers = [repeats];
    const http = model.opens(createConnector({ name: 'h', protocol: 'http', baseUrl: `http://${model.target}` }));
    const error = await failure(http.request({ path: '/users', query: { mail: 'jane@roe.example', by: 'last name' } }));
    expect(error.message).toContain('Cannot serve /users?[not shown], that is /users?[not shown]');
    expect(`${error.stack}${JSON.stringify(model.lines)}`).not.toMatch(/roe|last/);
  });

  it('is not told of the query of a request by fetch', async () => {
    model.answers = [repeats];
    const llm = model.connector();
    await (await llm.fetch(`http://${model.target}/v1/models?mail=jane%40roe.example`)).text();
    expect(JSON.stringify(model.lines)).toContain('Cannot serve /v1/models?[not shown]');
    expect(JSON.stringify(model.lines)).not.toContain('roe');
  });

  it('stays readable where the value of a header is a word like any other', async () => {
    model.answers = [(_, response) => void response.writeHead(400).end('a token is too long')];
    const error = await failure(
      model.connector().chatCompletions(REQUEST, { headers: { 'x-flag': 'o', 'x-tier': 'a' } }),
    );
    expect(error.message).toContain('with 400: "a token is too long"');
  });
});

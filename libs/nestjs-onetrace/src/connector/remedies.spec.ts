import { describe, expect, it } from '@jest/globals';
import { createConnector, type HttpConnector, type KServeConnector } from './index.js';
import { type Answer, failure, json, ModelServer, REQUEST } from './model-server.fixture.js';
import { all, CHUNKS, open, stream } from './streamed-answers.fixture.js';

const model = new ModelServer();
const kserve = (): KServeConnector =>
  model.opens(createConnector({ name: 'triton', protocol: 'kserve', baseUrl: `http://${model.target}` }));
const http = (): HttpConnector =>
  model.opens(createConnector({ name: 'files', protocol: 'http', baseUrl: `http://${model.target}` }));
const NOT_FOUND = json(404, {});
const MANY = json(200, { error: 'generate expects model to produce exactly 1 response' });

describe('what a failure says is to be done', () => {
  it.each<[string, Answer, () => Promise<unknown>, string]>([
    [
      'of a model that is not there',
      NOT_FOUND,
      () => model.connector().chatCompletions(REQUEST),
      'check baseUrl and the name of the model',
    ],
    ['of a list that is not there', NOT_FOUND, () => model.connector().models(), 'check baseUrl and the path'],
    ['of a file that is not there', NOT_FOUND, () => http().request({ path: '/a' }), 'check baseUrl and the path'],
    [
      'of a stream that ends early',
      stream(CHUNKS.slice(0, 2)),
      async () => all(await open(model)),
      'look for a crash or a limit in the log of the server, and for limits of time in a proxy before it',
    ],
    [
      'of generate, where the model gives several responses',
      MANY,
      () => kserve().generate('writer', { text_input: 'x' }),
      'ask a model that gives another number of responses than one by generateStream',
    ],
    [
      'of infer, where the model gives several responses',
      json(501, { error: "HTTP end point doesn't support models with decoupled transaction policy" }),
      () => kserve().infer('writer', { inputs: [] }),
      'ask a model that gives several responses by generateStream',
    ],
  ])('%s', async (_, answer, call, remedy) => {
    model.answers = [answer];
    const error = await failure(call());
    expect(error.remedy).toBe(remedy);
    expect(error.message.endsWith(`; ${remedy}`)).toBe(true);
  });
});

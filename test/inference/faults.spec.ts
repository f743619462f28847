import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInference } from '../../tools/chain/inference.process.ts';
import { spanNamed } from './attempt-tree.ts';
import { type ModelServerStage, startModelServerStage } from './model-server.stage.ts';

let stage: ModelServerStage;
beforeAll(async () => {
  stage = await startModelServerStage('openai', ({ folder, receiver }) =>
    startInference({ folder, otlpEndpoint: receiver.url }),
  );
}, 60_000);
afterAll(() => stage?.stop());

const asked = (fault: string, more: object = {}) => ({
  model: 'tiny',
  messages: [{ role: 'user', content: `Say hello. [fault:${fault}]` }],
  ...more,
});

/** Each fault of the stand-in: the code of the error, its message, and how often the server was asked. */
const FAULTS: readonly (readonly [fault: string, code: string, message: RegExp, attempts: number])[] = [
  ['500', 'ONETRACE_CONNECTOR_STATUS', /with 500: "fault on demand: the model failed"/, 1],
  ['503', 'ONETRACE_CONNECTOR_STATUS', /with 503/, 3],
  ['429:0', 'ONETRACE_CONNECTOR_STATUS', /with 429/, 3],
  ['redirect:http://127.0.0.1:9/', 'ONETRACE_CONNECTOR_STATUS', /with 307/, 1],
  ['reset', 'ONETRACE_CONNECTOR_NETWORK', /ECONNRESET/, 3],
  ['garbled', 'ONETRACE_CONNECTOR_RESPONSE', /JSON/, 1],
  ['truncated', 'ONETRACE_CONNECTOR_RESPONSE', /broke/, 1],
  ['half-closed', 'ONETRACE_CONNECTOR_RESPONSE', /broke/, 1],
  ['wrong-type', 'ONETRACE_CONNECTOR_RESPONSE', /text\/html/, 1],
  ['bomb', 'ONETRACE_CONNECTOR_RESPONSE', /compressed response that was not asked for/, 1],
];

describe('each fault of the stand-in is one typed error of the connector', () => {
  it.each(FAULTS)('%s', async (fault, code, message, attempts) => {
    const { traceId, error } = await stage.caller.call('chatCompletions', asked(fault));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    const spans = await stage.spans(traceId);
    expect(spanNamed(spans, 'chat tiny')).toMatchObject({ status: 'error', attributes: { 'error.type': code } });
    expect(spans.filter(({ name }) => name.startsWith('POST '))).toHaveLength(attempts);
  });

  it('an error in the middle of a stream', async () => {
    const { error } = await stage.caller.call('chatCompletions', asked('stream-error', { stream: true }));
    expect(error).toMatchObject({
      code: 'ONETRACE_CONNECTOR_STREAM',
      message: expect.stringContaining('fault on demand: the model failed'),
    });
  });

  it.each(['truncated', 'half-closed', 'garbled'])('a stream that is %s', async (fault) => {
    const { error } = await stage.caller.call('chatCompletions', asked(fault, { stream: true }));
    expect(error?.code).toBe('ONETRACE_CONNECTOR_RESPONSE');
  });

  it.each([false, true])('none for an answer that only drips, streamed: %s', async (stream) => {
    const { value, error } = await stage.caller.call('chatCompletions', asked('drip:1', { stream, max_tokens: 1 }));
    expect(error).toBeUndefined();
    expect(JSON.stringify(value)).toContain('You');
  });
});

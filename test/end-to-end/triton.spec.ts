import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Chain, startChain } from '../../tools/chain/chain.ts';
import { onetrace, showFlow } from '../../tools/chain/onetrace-cli.ts';
import { findGaps, POSTPROCESS, TRITON_HOPS } from '../../tools/demo/story.ts';
import { ask } from './ask.ts';

let chain: Chain;

// Time for a set-up on a fresh machine.
beforeAll(async () => {
  chain = await startChain({ report: (line) => console.error(line), triton: true });
}, 600_000);
afterAll(() => chain?.stop(), 60_000);

describe('a request through the whole chain into the real Triton', () => {
  it("is found whole by its trace ID, Triton's own spans below the connector's attempt", async () => {
    const answer = await ask(chain.url, { left: [1, 2], right: [10, 20] }, { pipeline: 'tensor-add' });
    expect(answer).toMatchObject({ status: 200, body: { result: { model: 'add', output: [11, 22] } } });

    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    expect(findGaps(flow, [...TRITON_HOPS, POSTPROCESS])).toEqual([]);
    const attempt = flow.spans.find(({ component, name }) => component === 'connector' && name.startsWith('POST '));
    const received = flow.spans.find(({ name }) => name === 'InferRequest');
    expect(received?.parentSpanId).toBe(attempt?.spanId);

    const { stdout } = await onetrace('show', answer.traceId, '--url', chain.receiverUrl, '--no-color');
    const shown = stdout.split('\n').filter((row) => /^\d\d:.* triton /.test(row));
    expect(shown.map((row) => /InferRequest|add|compute/.exec(row)?.[0])).toEqual(['InferRequest', 'add', 'compute']);
  }, 60_000);
});

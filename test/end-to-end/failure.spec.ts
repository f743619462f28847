import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Chain, startChain } from '../../tools/chain/chain.ts';
import { onetrace, showFlow } from '../../tools/chain/onetrace-cli.ts';
import { findGaps, HOPS, POSTPROCESS } from '../../tools/demo/story.ts';
import { ask } from './ask.ts';
import { readWrittenLines } from './line-violations.ts';

const WITHOUT_INFERENCE = HOPS.filter(({ component }) => component !== 'inference');

let chain: Chain;

// An inference server that ignores `traceparent` and logs nothing: the connector's own lines have to cover the call.
beforeAll(async () => {
  chain = await startChain({
    report: () => undefined,
    modelTimeoutMs: 500,
    resultTimeoutMs: 5000,
    inferenceTracing: false,
  });
}, 120_000);
afterAll(() => chain?.stop(), 60_000);

async function countOf(file: string, text: string): Promise<number> {
  return (await readFile(file, 'utf8')).split(text).length;
}

/** The story as a user reads it. */
async function story(traceId: string): Promise<string> {
  return (await onetrace('show', traceId, '--url', chain.receiverUrl, '--no-color', '--width', '160')).stdout;
}

describe('"the inference result never came"', () => {
  it('covers a server that logs nothing by the lines of the connector', async () => {
    const answer = await ask(chain.url, { prompt: 'Silent.' });
    expect(answer.status).toBe(200);
    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    expect(findGaps(flow, [...WITHOUT_INFERENCE, POSTPROCESS])).toEqual([]);
    expect(flow.components).not.toContain('inference');
  }, 60_000);

  it('because the server hangs: the caller is told, and the story shows the call without an answer', async () => {
    const answer = await ask(chain.url, { prompt: 'Forever. [fault:hang]' });
    expect(answer.status).toBe(504);
    expect(answer.body).toMatchObject({ trace_id: answer.traceId });
    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    expect(flow.outcome).toMatchObject({ kind: 'failed', httpStatus: 504 });
    expect(flow.cause).toMatchObject({
      component: 'connector',
      message: expect.stringMatching(/sent no headers within 500 ms \(attempt 3 of 3\)/),
    });
    expect(flow.danglingParents).toEqual([]);
  }, 60_000);

  it('because the worker died in the middle: the story shows the activity that never finished', async () => {
    const before = await countOf(chain.worker.log, 'model request sent');
    const asked = ask(chain.url, { prompt: 'Interrupted. [fault:slow:400]' });
    while ((await countOf(chain.worker.log, 'model request sent')) === before) await sleep(5);
    await chain.worker.kill('SIGKILL');
    const answer = await asked;
    expect(answer).toMatchObject({ status: 504, body: { trace_id: answer.traceId } });
    const flow = await showFlow(answer.traceId, chain.receiverUrl, 5);
    const open = flow.spans.filter(({ state }) => state === 'open').map(({ name }) => name);
    expect(open.join()).toMatch(/inference/);
    expect(flow.danglingParents).toEqual([]);
    expect(flow.roots).toHaveLength(1);
    expect(await story(answer.traceId)).toContain('never finished');
  }, 60_000);

  it('because no worker is there: the story says that nobody took the workflow', async () => {
    const answer = await ask(chain.url, { prompt: 'Anybody?' });
    expect(answer).toMatchObject({ status: 504, body: { trace_id: answer.traceId } });
    const flow = await showFlow(answer.traceId, chain.receiverUrl, 5);
    expect(flow.cause?.message).toMatch(/no worker/i);
    expect(await story(answer.traceId)).toMatch(/no worker/i);
  }, 60_000);

  it('because Temporal is down: the caller gets 503 at once with the trace ID', async () => {
    await chain.temporal.stop();
    const answer = await ask(chain.url, { prompt: 'Temporal?' });
    expect(answer).toMatchObject({
      status: 503,
      body: { trace_id: answer.traceId, message: expect.stringContaining('Temporal') },
    });
    const flow = await showFlow(answer.traceId, chain.receiverUrl, 5);
    expect(flow.outcome.kind).toBe('failed');
    expect(flow.cause?.component).toBe('temporal');
    expect(flow.danglingParents).toEqual([]);
  }, 60_000);

  it('because the gateway is down: nginx answers with the trace ID and has a line for it', async () => {
    await chain.gateway.stop();
    const answer = await ask(chain.url, { prompt: 'Gateway?' });
    expect(answer).toMatchObject({ status: 502, body: { trace_id: answer.traceId } });
    const flow = await showFlow(answer.traceId, chain.receiverUrl, 5);
    expect(flow.lines.map(({ component }) => component)).toEqual(['nginx']);
  }, 60_000);

  it('and every line that was written on the way is in the published schema', async () => {
    const { violations } = await readWrittenLines(join(chain.folder, 'logs'));
    expect(violations).toEqual([]);
  });
});

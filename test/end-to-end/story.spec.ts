import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Chain, startChain } from '../../tools/chain/chain.ts';
import { onetrace, showFlow } from '../../tools/chain/onetrace-cli.ts';
import { findGaps, HOPS, POSTPROCESS } from '../../tools/demo/story.ts';
import { findWorkflow } from '../../tools/demo/workflow-search.ts';
import { ask } from './ask.ts';
import { readWrittenLines } from './line-violations.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await startChain({ report: () => undefined });
}, 120_000);
afterAll(() => chain?.stop(), 60_000);

describe('a request through the whole chain', () => {
  it('is found whole by its trace ID: every hop, in order, one root, no dangling parent', async () => {
    const answer = await ask(chain.url, { prompt: 'Say hello.' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'completed', trace_id: answer.traceId } });
    expect(answer.body['result']).toMatchObject({ pipeline: 'text-generation', model: 'tiny' });

    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    expect(findGaps(flow, [...HOPS, POSTPROCESS])).toEqual([]);
    expect(flow.outcome).toMatchObject({ kind: 'ok', httpStatus: 200 });
    expect(flow.clientId).toBe('dept-a');
  }, 60_000);

  it('carries client, pipeline and request ID to every line behind the gateway', async () => {
    const answer = await ask(chain.url, { prompt: 'Who asks?' });
    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    const behind = flow.lines.filter(({ component }) => ['temporal', 'worker', 'connector'].includes(component));
    expect(behind.length).toBeGreaterThan(6);
    for (const line of behind) {
      expect(line).toMatchObject({ traceId: answer.traceId, clientId: 'dept-a', pipelineId: 'text-generation' });
    }
  }, 60_000);

  it('is found by its workflow ID, by its request ID, and in Temporal by the search attribute', async () => {
    const answer = await ask(chain.url, { prompt: 'Find me.' });
    const id = String(answer.body['id']);
    expect((await showFlow(id, chain.receiverUrl)).traceId).toBe(answer.traceId);
    expect((await showFlow(answer.requestId, chain.receiverUrl)).traceId).toBe(answer.traceId);
    expect(await findWorkflow(chain.temporal.address, answer.traceId)).toEqual([id]);
  }, 60_000);

  it('shows a retried model call as one call with two attempts', async () => {
    const answer = await ask(chain.url, { prompt: 'Once more. [fault:503-once]' });
    expect(answer.status).toBe(200);
    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    expect(findGaps(flow, [...HOPS, POSTPROCESS])).toEqual([]);
    const attempts = flow.spans.filter(({ component, name }) => component === 'connector' && name.startsWith('POST '));
    expect(attempts.map(({ httpStatus }) => httpStatus)).toEqual([503, 200]);
    expect(flow.recoveries.length).toBeGreaterThan(0);
  }, 60_000);

  it('names the model as the cause when it fails for good, and the caller gets the trace ID', async () => {
    const answer = await ask(chain.url, { prompt: 'Nothing. [fault:garbled]' });
    expect(answer).toMatchObject({ status: 502, body: { trace_id: answer.traceId } });
    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    expect(findGaps(flow, HOPS)).toEqual([]);
    expect(flow.outcome.kind).toBe('failed');
    expect(flow.cause).toMatchObject({ component: 'connector', message: expect.stringContaining('JSON') });
    const { stdout, code } = await onetrace(
      'show',
      answer.traceId,
      '--url',
      chain.receiverUrl,
      '--width',
      '100',
      '--no-color',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('cause');
    for (const row of stdout.split('\n')) expect(row.length).toBeLessThanOrEqual(100);
  }, 60_000);

  it('speaks KServe v2 to the other server', async () => {
    const answer = await ask(chain.url, { left: [1, 2], right: [3, 4] }, { pipeline: 'tensor-add' });
    expect(answer).toMatchObject({ status: 200, body: { result: { output: [4, 6] } } });
    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    expect(flow.roots).toHaveLength(1);
    expect(flow.danglingParents).toEqual([]);
    expect(flow.spans.map(({ name }) => name)).toContain('InferRequest');
  }, 60_000);

  it('answers at once when the caller does not wait, and tells the result later', async () => {
    const answer = await ask(chain.url, { prompt: 'Later.' }, { query: '?wait=false' });
    expect(answer).toMatchObject({ status: 202, body: { status: 'running' } });
    const url = `${chain.url}/v1/runs/${String(answer.body['id'])}`;
    let view: Record<string, unknown> = {};
    while (view['status'] !== 'completed') {
      const response = await fetch(url);
      expect(response.status).toBe(200);
      view = (await response.json()) as Record<string, unknown>;
    }
    expect(view).toMatchObject({ trace_id: answer.traceId, result: { model: 'tiny' } });
    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    expect(findGaps(flow, [...HOPS, POSTPROCESS])).toEqual([]);
  }, 60_000);
});

describe('what the outside sends', () => {
  it('cannot join a trace, name itself, or smuggle baggage', async () => {
    const foreign = '0af7651916cd43dd8448eb211c80319c';
    const answer = await ask(
      chain.url,
      { prompt: 'Trust me.' },
      {
        headers: {
          traceparent: `00-${foreign}-b7ad6b7169203331-00`,
          baggage: 'client_id=mallory,tenant_id=evil',
          'x-client-id': 'mallory',
          'x-api-key': 'no such key',
        },
      },
    );
    expect(answer.traceId).not.toBe(foreign);
    const flow = await showFlow(answer.traceId, chain.receiverUrl);
    expect(findGaps(flow, [...HOPS, POSTPROCESS])).toEqual([]);
    expect(JSON.stringify(flow)).not.toMatch(/mallory|evil/);
    expect(JSON.stringify(flow.lines)).toContain(foreign);
  }, 60_000);

  it.each<[string, string, string, number]>([
    ['an unknown pipeline', 'nothing', '{"input":{"prompt":"x"}}', 404],
    ['a wrong input', 'text-generation', '{"input":{"prompt":7}}', 400],
    ['a field that nobody asked for', 'text-generation', '{"input":{"prompt":"x"},"more":1}', 400],
    ['broken JSON', 'text-generation', '{"input":', 400],
    ['vectors that do not fit', 'tensor-add', '{"input":{"left":[1],"right":[1,2]}}', 400],
  ])(
    '%s is refused with a reason and the trace ID',
    async (_what, pipeline, body, status) => {
      const answer = await ask(chain.url, undefined, { pipeline, body });
      expect(answer).toMatchObject({
        status,
        body: { statusCode: status, trace_id: answer.traceId, message: expect.any(String) },
      });
      const flow = await showFlow(answer.traceId, chain.receiverUrl);
      expect(flow.roots).toHaveLength(1);
      expect(flow.danglingParents).toEqual([]);
    },
    60_000,
  );

  it('an unknown run is told as such', async () => {
    const response = await fetch(`${chain.url}/v1/runs/nothing`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ message: 'there is no run "nothing"' });
  });
});

describe('what the programs write', () => {
  it('is one JSON object a line in the published schema, from every program of the chain', async () => {
    const { components, violations } = await readWrittenLines(join(chain.folder, 'logs'));
    expect(violations).toEqual([]);
    expect(Object.keys(components).sort()).toEqual([
      'connector',
      'gateway',
      'inference',
      'nginx',
      'temporal',
      'worker',
    ]);
    for (const lines of Object.values(components)) expect(lines).toBeGreaterThan(3);
  });
});

import { type Chain, startChain } from '../chain/chain.ts';
import { printStory, showFlow } from '../chain/onetrace-cli.ts';
import { awaitInterruption } from './interruption.ts';
import { findGaps, type Hop, HOPS, POSTPROCESS, TRITON_HOPS } from './story.ts';
import { findWorkflow } from './workflow-search.ts';

interface Scene {
  title: string;
  pipeline: 'text-generation' | 'tensor-add';
  input: object;
  status: number;
  hops: readonly Hop[];
  /** Times that the connector asks the model. */
  attempts: (count: number) => boolean;
}

const SCENES: readonly Scene[] = [
  {
    title: 'A request that succeeds',
    pipeline: 'text-generation',
    input: { prompt: 'Say hello.' },
    status: 200,
    hops: [...HOPS, POSTPROCESS],
    attempts: (count) => count === 1,
  },
  {
    title: 'A request whose model call is retried after a 503',
    pipeline: 'text-generation',
    input: { prompt: 'Say hello, once more. [fault:503-once]' },
    status: 200,
    hops: [...HOPS, POSTPROCESS],
    attempts: (count) => count === 2,
  },
  {
    title: 'A request that fails for good',
    pipeline: 'text-generation',
    input: { prompt: 'Say nothing. [fault:garbled]' },
    status: 502,
    hops: HOPS,
    attempts: (count) => count === 1,
  },
];

const TRITON_SCENES: readonly Scene[] = [
  {
    title: 'A request that the real Triton answers',
    pipeline: 'tensor-add',
    input: { left: [1, 2], right: [10, 20] },
    status: 200,
    hops: [...TRITON_HOPS, POSTPROCESS],
    attempts: (count) => count === 1,
  },
];

/**
 * Sends the three requests, or the one that the real Triton answers, and prints their stories; 0 only if the spans and lines of every hop are
 * under each trace ID.
 */
export async function runDemo({ triton }: { readonly triton: boolean }): Promise<number> {
  const interruption = awaitInterruption();
  const started = performance.now();
  const starting = startChain({ report: (line) => console.error(line), triton, signal: interruption.signal });
  const outcome = await Promise.race([
    interruption.code,
    starting.then(async (chain) => {
      const last = triton ? 'Triton' : 'inference';
      console.log(`The chain is up after ${seconds(started)}: nginx, gateway, Temporal, worker, connector, ${last}.`);
      let gaps = 0;
      for (const scene of triton ? TRITON_SCENES : SCENES) gaps += (await play(scene, chain)).length;
      return gaps === 0 ? 0 : 1;
    }),
  ]).finally(() =>
    starting.then(
      (chain) => chain.stop(),
      () => undefined,
    ),
  );
  if (outcome === 0)
    console.log(`\nEvery hop's line and span was found by the trace ID alone (${seconds(started)} in all).`);
  return outcome;
}

async function play(scene: Scene, chain: Chain): Promise<string[]> {
  console.log(`\n━━ ${scene.title} ${'━'.repeat(Math.max(0, 96 - scene.title.length))}\n`);
  const response = await fetch(`${chain.url}/v1/pipelines/${scene.pipeline}/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'demo-key-dept-a' },
    body: JSON.stringify({ input: scene.input }),
  });
  const traceId = response.headers.get('x-trace-id') ?? 'none';
  await response.text();

  const flow = await showFlow(traceId, chain.receiverUrl);
  await printStory(traceId, chain.receiverUrl);

  const gaps = findGaps(flow, scene.hops);
  if (response.status !== scene.status) gaps.push(`the caller got ${response.status}, not ${scene.status}`);
  const attempts = flow.spans.filter(
    ({ component, name }) => component === 'connector' && name.startsWith('POST '),
  ).length;
  if (!scene.attempts(attempts)) gaps.push(`the model was asked ${attempts} times`);
  if (flow.clientId !== 'dept-a') gaps.push(`the client is ${flow.clientId ?? 'unknown'}, not dept-a`);
  const found = await findWorkflow(chain.temporal.address, traceId);
  if (found.length !== 1) gaps.push(`the search attribute finds ${found.length} workflows, not one`);
  console.log(
    gaps.length === 0
      ? `\n✔ every hop under one trace ID, one root, no dangling parent; workflow by search attribute: ${found[0]}`
      : `\n✘ ${gaps.join('\n✘ ')}`,
  );
  return gaps;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

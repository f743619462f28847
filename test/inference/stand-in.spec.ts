import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InferenceProcess, startInference } from '../../tools/chain/inference.process.ts';
import { type SpanReceiver, startSpanReceiver } from '../temporal/span.receiver.ts';
import { describeContract } from './contract/contract.runner.ts';
import { KSERVE_CASES } from './contract/kserve.cases.ts';
import { OPENAI_CASES } from './contract/openai.cases.ts';

let folder: string;
let receiver: SpanReceiver;
let server: InferenceProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-stand-in-'));
  receiver = await startSpanReceiver();
  server = await startInference({ folder, otlpEndpoint: receiver.url });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await receiver?.close();
  await rm(folder, { recursive: true, force: true });
});

const place = () => ({ url: server.url, spans: receiver.spans });

// The same tables are tried on the real servers: on Triton by triton.spec.ts, on vLLM by `npm run test:vllm`.
describeContract('the stand-in for Triton', KSERVE_CASES, place);
describeContract('the stand-in for vLLM', OPENAI_CASES, place);

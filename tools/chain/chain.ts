import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureNginx } from '../setup/nginx.ts';
import { ensureTemporal } from '../setup/temporal.ts';
import type { Report } from '../setup/tool.ts';
import { freePort } from './free-port.ts';
import { type InferenceProcess, startInference } from './inference.process.ts';
import { type NginxProcess, startNginx } from './nginx.process.ts';
import { type Program, startProgram } from './program.process.ts';
import { startTemporal, type TemporalProcess } from './temporal.process.ts';
import { startTriton, type TritonProcess } from './triton.process.ts';

/** Root of the repository. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The built command line of the package `onetrace`. */
export const ONETRACE_CLI = join(ROOT, 'libs', 'onetrace', 'dist', 'esm', 'cli.js');

export interface ChainOptions {
  report: Report;
  /** Starts Temporal's page too. */
  temporalUi?: boolean;
  /** Longest wait of the gateway for a result, in milliseconds. */
  resultTimeoutMs?: number;
  /** Longest wait of the connector for a model's headers, in milliseconds. */
  modelTimeoutMs?: number;
  /** Whether the inference server honours `traceparent`; it does unless told otherwise. */
  inferenceTracing?: boolean;
  /** Asks the real Triton, and not the stand-in, wherever KServe v2 is spoken. */
  triton?: boolean;
  /** Latency of the stand-in's answers, in milliseconds. */
  inferenceLatencyMs?: number;
  /** Gives the start up; what was started is ended. */
  signal?: AbortSignal;
  /** Ports, where they should not be any free ones. */
  ports?: { edge?: number; receiver?: number };
}

/** The whole chain, running on this machine. */
export interface Chain {
  /** Where a client sends its requests: nginx. */
  url: string;
  gateway: Program;
  worker: Program;
  temporal: TemporalProcess;
  inference: InferenceProcess;
  triton?: TritonProcess;
  nginx: NginxProcess;
  /** `onetrace dev`. */
  receiver: Program;
  receiverUrl: string;
  /** Everything the programs wrote. */
  folder: string;
  startWorker(): Promise<Program>;
  /** Ends everything, in the order of the flow, and removes the folder. Idempotent. */
  stop(): Promise<void>;
}

const NODE_ARGS = ['--enable-source-maps'];

/**
 * Starts receiver, inference stand-in, Temporal, worker, gateway and nginx on free ports, and resolves when a request
 * can go through all of them. What was started is ended again when one of them does not start.
 */
export async function startChain(options: ChainOptions): Promise<Chain> {
  const { report } = options;
  const [temporalTool, nginxTool] = await Promise.all([ensureTemporal(report), ensureNginx(report)]);
  const folder = await mkdtemp(join(tmpdir(), 'onetrace-'));
  const logs = join(folder, 'logs');
  await mkdir(logs);
  const started: { stop(): Promise<void> }[] = [];
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    started.unshift(one);
    return one;
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      for (const one of started.splice(0)) await one.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    })());

  try {
    const receiver = await keep(startReceiverProgram(folder, logs, options.ports?.receiver ?? (await freePort())));
    const receiverUrl = receiver.match[0];
    const otel = { OTEL_EXPORTER_OTLP_ENDPOINT: receiverUrl, NODE_ENV: 'development' };

    const [temporal, inference, triton] = await settled([
      keep(
        startTemporal({ tool: temporalTool, folder: join(folder, 'temporal'), headless: options.temporalUi !== true }),
      ),
      keep(
        startInference({
          folder: logs,
          otlpEndpoint: receiverUrl,
          tracing: options.inferenceTracing ?? true,
          latencyMs: options.inferenceLatencyMs ?? 40,
          signal: options.signal,
        }),
      ),
      options.triton === true
        ? keep(
            startTriton({
              report,
              folder: join(folder, 'triton'),
              otlpEndpoint: receiverUrl,
              signal: options.signal,
            }),
          )
        : undefined,
    ]);
    const startApp = (name: string, ready: RegExp, env: Record<string, string>): Promise<Program> =>
      keep(
        startProgram({
          name,
          command: process.execPath,
          args: [...NODE_ARGS, join(ROOT, 'apps', name, 'dist', 'main.js')],
          env: { ...otel, TEMPORAL_ADDRESS: temporal.address, ...env },
          log: join(logs, `${name}.log`),
          ready,
          signal: options.signal,
        }),
      );
    const startWorker = (): Promise<Program> =>
      startApp('worker', /listening on task queue/, {
        INFERENCE_URL: inference.url,
        ...(triton === undefined ? {} : { KSERVE_URL: triton.url }),
        MODEL_TIMEOUT_MS: String(options.modelTimeoutMs ?? 10_000),
      });
    const [worker, [gateway, nginx]] = await settled([
      startWorker(),
      (async (): Promise<[Program, NginxProcess]> => {
        const program = await startApp('gateway', /listening on http:\/\/127\.0\.0\.1:(\d+)/, {
          HOST: '127.0.0.1',
          PORT: '0',
          RESULT_TIMEOUT_MS: String(options.resultTimeoutMs ?? 60_000),
        });
        const gatewayPort = Number(program.match[1]);
        const port = options.ports?.edge;
        const edge = await keep(
          startNginx({
            tool: nginxTool,
            gatewayPort,
            folder: join(logs, 'nginx'),
            ...(port === undefined ? {} : { port }),
          }),
        );
        await untilReady(`http://127.0.0.1:${gatewayPort}/health/ready`, options.signal);
        return [program, edge];
      })(),
    ]);
    return {
      url: `http://127.0.0.1:${nginx.port}`,
      ...(triton === undefined ? {} : { triton }),
      ...{ gateway, worker, temporal, inference, nginx, receiver, receiverUrl, folder, startWorker, stop },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startReceiverProgram(folder: string, logs: string, port: number): Promise<Program> {
  return startProgram({
    name: 'onetrace dev',
    command: process.execPath,
    args: [
      ...[ONETRACE_CLI, 'dev', '--port', String(port), '--db', join(folder, 'onetrace.db')],
      ...['--tail', join(logs, '*.log'), '--tail', join(logs, 'nginx', 'access.log')],
    ],
    log: join(folder, 'receiver.out'),
    ready: /http:\/\/127\.0\.0\.1:\d+/,
  });
}

/** All results, once all have settled: a failure must not leave another one starting behind the clean-up. */
async function settled<T extends readonly unknown[]>(work: { [K in keyof T]: Promise<T[K]> | T[K] }): Promise<T> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

const READY_MS = 30_000;

async function untilReady(url: string, signal: AbortSignal | undefined): Promise<void> {
  const deadline = Date.now() + READY_MS;
  let last = 'no answer';
  while (Date.now() < deadline && !signal?.aborted) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    if (response !== undefined) last = await response.text();
    await sleep(50);
  }
  throw new Error(`ONETRACE_CHAIN_START: the gateway is not ready after ${READY_MS / 1000} s: ${last}`);
}

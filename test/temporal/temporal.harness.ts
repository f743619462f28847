import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, context, createTraceState, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { Client, Connection } from '@temporalio/client';
import { runWithIdentity } from '../../libs/nestjs-onetrace/src/context/index.ts';
import { createRootLogger, setRootLogger } from '../../libs/nestjs-onetrace/src/logging/index.ts';
import { temporalTracing, type TemporalTracingOptions } from '../../libs/nestjs-onetrace/src/temporal/index.ts';
import {
  defaultTracingSettings,
  startTracing,
  stopTracing,
  tracingRuntime,
} from '../../libs/nestjs-onetrace/src/tracing/index.ts';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { startTemporal, type TemporalProcess } from '../../tools/chain/temporal.process.ts';
import { ensureTemporal } from '../../tools/setup/temporal.ts';
import { type SpanReceiver, startSpanReceiver } from './span.receiver.ts';
import { type Line, startWorkerProcess, type WorkerProcess } from './worker.process.ts';

/** Temporal, a worker process and a client, all real; spans and lines of both sides in one place. */
export interface Stage {
  temporal: TemporalProcess;
  /** Where spans go. */
  otlpUrl: string;
  worker: WorkerProcess;
  client: Client;
  connection: Connection;
  /** A client of its own, with the plugin given other options. */
  clientWith(options: TemporalTracingOptions): Client;
  /** A client without the plugin. */
  untracedClient: Client;
  /** Runs something in a root span; gives its trace ID beside the result. */
  inTrace<T>(
    run: () => Promise<T>,
    options?: { sampled?: boolean; tracestate?: string },
  ): Promise<{ traceId: string; result: T }>;
  /** Another worker process beside the first; its lines and spans come to the same place, unless told otherwise. */
  startWorker(env?: Record<string, string>): Promise<WorkerProcess>;
  /** Ends the server and starts it again at the same address; a durable one still knows what it knew. */
  restartTemporal(): Promise<void>;
  /** The spans of a trace, once one of that name has arrived. */
  trace(traceId: string, lastName: string): Promise<Span[]>;
  /** The spans of a trace that have arrived so far. */
  spans(traceId: string): Span[];
  /** The spans of all traces that have arrived so far. */
  allSpans(): Span[];
  /** Lines of this process and of the worker's. */
  lines(traceId: string): Line[];
  allLines(): Line[];
  stop(): Promise<void>;
}

/** What a stage is furnished with. */
export interface StageOptions {
  /** Folder, as a URL, of the `activities.fixture.ts`, `workflows.fixture.ts` and `sinks.fixture.ts` of its workers. */
  fixtures?: URL;
  /** The server keeps what it knows in a file, so that it can be restarted. */
  durable?: boolean;
  /** Environment of the first worker process. */
  env?: Record<string, string>;
}

const WAIT_MS = 15_000;

/** Polls until there is something else than `undefined`. */
export async function until<T>(what: string, find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${WAIT_MS} ms`);
    await sleep(50);
  }
}

export async function startStage({ fixtures, durable, env: firstEnv }: StageOptions = {}): Promise<Stage> {
  const cleanUp: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'onetrace-temporal-'));
    cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    const tool = await ensureTemporal((line) => console.error(line));
    const server = {
      ...{ tool, folder, headless: true, searchAttributes: ['TraceId=Keyword'] },
      ...(durable ? { databaseFile: join(folder, 'temporal.sqlite') } : {}),
    };
    let temporal = await startTemporal(server);
    cleanUp.push(() => temporal.stop());
    const receiver = await startSpanReceiver();
    cleanUp.push(() => receiver.close());
    const workers: WorkerProcess[] = [];
    const startWorker = async (env: Record<string, string> = {}): Promise<WorkerProcess> => {
      const started = await startWorkerProcess({
        TEMPORAL_ADDRESS: temporal.address,
        OTLP_URL: receiver.url,
        ...(fixtures === undefined ? {} : { FIXTURES: fixtures.href }),
        ...env,
      });
      workers.push(started);
      cleanUp.push(() => started.stop());
      return started;
    };
    const worker = await startWorker(firstEnv);
    const ownLines = captureLines(cleanUp);
    const allLines = (): Line[] => [...ownLines, ...workers.flatMap(({ lines }) => lines)];
    startTracing({ ...defaultTracingSettings('gateway'), export: { url: receiver.url } });
    cleanUp.push(() => stopTracing());
    const tracing = temporalTracing();
    const connection = await Connection.connect({ address: temporal.address, plugins: [tracing] });
    cleanUp.push(() => connection.close());
    const plain = await Connection.connect({ address: temporal.address });
    cleanUp.push(() => plain.close());
    return {
      temporal,
      otlpUrl: receiver.url,
      worker,
      connection,
      client: new Client({ connection, plugins: [tracing] }),
      clientWith: (options) => new Client({ connection: plain, plugins: [temporalTracing(options)] }),
      untracedClient: new Client({ connection: plain }),
      inTrace,
      trace: (traceId, lastName) => collect(receiver, traceId, lastName),
      spans: (traceId) => receiver.spans.filter((span) => span.traceId === traceId),
      allSpans: () => receiver.spans,
      startWorker,
      restartTemporal: async () => {
        await temporal.stop();
        temporal = await startTemporal({ ...server, port: temporal.port });
      },
      allLines,
      lines: (traceId) => allLines().filter((line) => line['trace_id'] === traceId),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function captureLines(cleanUp: (() => Promise<unknown>)[]): Line[] {
  const lines: Line[] = [];
  const write = (text: string): void => void lines.push(JSON.parse(text) as Line);
  const before = setRootLogger(createRootLogger({ component: 'gateway', level: 'info', destination: { write } }));
  cleanUp.push(async () => setRootLogger(before));
  return lines;
}

async function inTrace<T>(
  run: () => Promise<T>,
  { sampled = true, tracestate }: { sampled?: boolean; tracestate?: string } = {},
): Promise<{ traceId: string; result: T }> {
  const parent = sampled && tracestate === undefined ? ROOT_CONTEXT : remoteParent(sampled, tracestate);
  const root = trace.getTracer('test').startSpan('request', {}, parent);
  try {
    const result = await context.with(trace.setSpan(ROOT_CONTEXT, root), () =>
      runWithIdentity({ clientId: 'dept-a', pipelineId: 'text-embedding' }, run),
    );
    return { traceId: root.spanContext().traceId, result };
  } finally {
    root.end();
  }
}

function remoteParent(sampled: boolean, tracestate: string | undefined): Context {
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join('');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: `1${hex(31)}`,
    spanId: `1${hex(15)}`,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  });
}

async function collect(receiver: SpanReceiver, traceId: string, lastName: string): Promise<Span[]> {
  await tracingRuntime()?.flush();
  return until(`span ${lastName} of trace ${traceId}`, () => {
    const spans = receiver.spans.filter((span) => span.traceId === traceId);
    return spans.some(({ name }) => name === lastName) ? spans : undefined;
  });
}

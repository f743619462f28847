import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Span } from '../../libs/onetrace/src/telemetry/span.ts';
import { type SpanReceiver, startSpanReceiver } from '../temporal/span.receiver.ts';
import { until } from '../temporal/temporal.harness.ts';
import { type Caller, startCaller } from './caller.process.ts';

/** A server that runs. */
export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A model server and an application that calls it; the spans of both come to one place. */
export interface ModelServerStage {
  readonly url: string;
  readonly caller: Caller;
  /** The spans of a trace, once the root has arrived and as many of a name as told. */
  spans(traceId: string, name?: string, count?: number): Promise<Span[]>;
  /** The spans that have arrived so far. */
  readonly allSpans: readonly Span[];
  stop(): Promise<void>;
}

/** Starts receiver, server and application, and ends what was started when one of them does not start. */
export async function startModelServerStage(
  protocol: 'openai' | 'kserve',
  start: (place: { readonly folder: string; readonly receiver: SpanReceiver }) => Promise<RunningServer>,
  clients?: string,
): Promise<ModelServerStage> {
  const cleanUp: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'onetrace-inference-'));
    cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    const receiver = await startSpanReceiver();
    cleanUp.push(() => receiver.close());
    const server = await start({ folder, receiver });
    cleanUp.push(() => server.stop());
    const caller = await startCaller({
      PROTOCOL: protocol,
      MODEL_SERVER_URL: server.url,
      OTLP_URL: receiver.url,
      ...(clients === undefined ? {} : { CLIENTS: clients }),
    });
    cleanUp.push(() => caller.stop());
    const spans = (traceId: string, name = 'request', count = 1): Promise<Span[]> =>
      until(`${count} spans ${name}`, () => {
        const found = receiver.spans.filter((span) => span.traceId === traceId);
        const isWhole = found.some((span) => span.name === 'request');
        return isWhole && found.filter((span) => span.name === name).length >= count ? found : undefined;
      });
    return { url: server.url, caller, spans, allSpans: receiver.spans, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

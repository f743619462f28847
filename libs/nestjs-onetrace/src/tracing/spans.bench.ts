import type { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { emptyResource } from '@opentelemetry/resources';
import { AlwaysOffSampler, BasicTracerProvider, ParentBasedSampler } from '@opentelemetry/sdk-trace-base';
import { Span as NestJsOtelSpan } from 'nestjs-otel';
import { withSpan } from '../context/index.js';
import type { EndedSpan } from './ended-span.js';
import { serializeSpans } from './export/protobuf-request.js';
import { createSampler, OnetraceTracerProvider, resolveSpanLimits } from './provider/index.js';
import { Trace } from './trace.decorator.js';

type Sampling = 'unsampled' | 'recording';

class SleepLogs {
  async plain(hours: number): Promise<number> {
    return hours + 1;
  }

  @Trace()
  async traced(hours: number): Promise<number> {
    return hours + 1;
  }

  @NestJsOtelSpan()
  async tracedByNestJsOtel(hours: number): Promise<number> {
    return hours + 1;
  }

  async tracedByHand(hours: number): Promise<number> {
    return trace.getTracer('by hand').startActiveSpan('SleepLogs.tracedByHand', async (span) => {
      try {
        return hours + 1;
      } finally {
        span.end();
      }
    });
  }
}

const sleepLogs = new SleepLogs();

function ours(sampling: Sampling, onEnd: (span: EndedSpan) => void = () => undefined): TracerProvider {
  return new OnetraceTracerProvider({
    resource: emptyResource(),
    processor: { onEnd },
    sampler: createSampler({ ratio: sampling === 'recording' ? 1 : 0, trustParent: true }),
    limits: resolveSpanLimits({
      attributes: undefined,
      attributeLength: undefined,
      events: undefined,
      links: undefined,
    }),
  });
}

function stockSdk(sampling: Sampling): TracerProvider {
  const nowhere = {
    onStart: () => undefined,
    onEnd: () => undefined,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  return new BasicTracerProvider({
    spanProcessors: [nowhere],
    ...(sampling === 'recording' ? {} : { sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }) }),
  });
}

/** An operation in the middle of a trace: the provider is registered, and a span of it is active. */
function inTrace<T>(provider: TracerProvider, operation: () => T): () => T {
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  trace.setGlobalTracerProvider(provider);
  const span = trace.getTracer('bench').startSpan('request');
  // As the HTTP room does it; the API's own Context beside the stock SDK.
  const active =
    provider instanceof OnetraceTracerProvider ? withSpan(ROOT_CONTEXT, span) : trace.setSpan(ROOT_CONTEXT, span);
  // The measurement calls the operation from outside; only the manager's own storage reaches there.
  (manager as unknown as { _asyncLocalStorage: AsyncLocalStorage<Context> })._asyncLocalStorage.enterWith(active);
  return operation;
}

function asyncMethod(operation: () => Promise<number>) {
  return {
    'without SDK': () => operation,
    'unsampled, stock SDK': () => inTrace(stockSdk('unsampled'), operation),
    'recording, stock SDK': () => inTrace(stockSdk('recording'), operation),
    'unsampled, onetrace': () => inTrace(ours('unsampled'), operation),
    'recording, onetrace': () => inTrace(ours('recording'), operation),
  };
}

function onSpan(provider: () => TracerProvider, operation: (span: Span, active: Context) => unknown) {
  return () => {
    const measured = inTrace(provider(), () => undefined);
    const span = trace.getTracer('bench').startSpan('span');
    const active = context.active();
    measured();
    return () => operation(span, active);
  };
}

function startAndEnd(): void {
  trace.getTracer('bench').startSpan('span').end();
}

const MODEL_CALL: Attributes = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'vllm',
  'gen_ai.request.model': 'llama-3.1-8b-instruct',
  'gen_ai.request.max_tokens': 256,
  'gen_ai.request.temperature': 0.7,
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.usage.input_tokens': 12,
  'gen_ai.usage.output_tokens': 48,
  'server.address': '127.0.0.1',
  'server.port': 8000,
  'onetrace.component': 'connector',
};

function onBatch(serialize: (spans: EndedSpan[]) => unknown) {
  return () => {
    const spans: EndedSpan[] = [];
    const tracer = ours('recording', (span) => spans.push(span)).getTracer('bench');
    for (let index = 0; index < 512; index += 1) {
      const attributes = { ...MODEL_CALL, 'gen_ai.response.id': `chatcmpl-${index}` };
      tracer.startSpan('chat llama-3.1-8b-instruct', { kind: SpanKind.CLIENT, attributes }, ROOT_CONTEXT).end();
    }
    return () => serialize(spans);
  };
}

/** What a span costs: ours, the stock SDK's, nestjs-otel's and one written by hand against the API. */
export default {
  'async method, no span': { plain: () => () => sleepLogs.plain(7) },
  'async method, @Trace': asyncMethod(() => sleepLogs.traced(7)),
  'async method, nestjs-otel': asyncMethod(() => sleepLogs.tracedByNestJsOtel(7)),
  'async method, by hand': asyncMethod(() => sleepLogs.tracedByHand(7)),
  'startSpan and end': {
    'without SDK': () => startAndEnd,
    'unsampled, stock SDK': () => inTrace(stockSdk('unsampled'), startAndEnd),
    'recording, stock SDK': () => inTrace(stockSdk('recording'), startAndEnd),
    'unsampled, onetrace': () => inTrace(ours('unsampled'), startAndEnd),
    'recording, onetrace': () => inTrace(ours('recording'), startAndEnd),
  },
  'span into context': {
    onetrace: onSpan(
      () => ours('recording'),
      (span, active) => withSpan(active, span),
    ),
    opentelemetry: onSpan(
      () => stockSdk('recording'),
      (span, active) => trace.setSpan(active, span),
    ),
  },
  '512 spans into a request': {
    onetrace: onBatch(serializeSpans),
    opentelemetry: onBatch((spans) => ProtobufTraceSerializer.serializeRequest(spans)),
  },
};

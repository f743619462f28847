import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ConnectorClientSettings, ModelName } from './connector.orders.ts';

/** A client of one variant, as an application would set it up. */
export interface ModelClient {
  /** A plain completion; its text's length. */
  call(model: ModelName): Promise<number>;
  /** A streamed one, chunk by chunk, as objects. */
  stream(model: ModelName, signal: AbortSignal): Promise<AsyncIterable<object>>;
  /** Hands over the spans that have ended. */
  flush(): Promise<void>;
}

/** What the answers are expected to have. */
interface Completion {
  readonly choices: readonly { readonly message: { readonly content?: string | null } }[];
}

const messages = [
  { role: 'system' as const, content: 'You are terse.' },
  { role: 'user' as const, content: 'Which colours does the sky have, and when? Name five, each in one sentence.' },
];
const requestOf = (model: ModelName) => ({ model, messages, max_tokens: 500, temperature: 0.5 });
const STREAMED = { stream: true as const, stream_options: { include_usage: true } };
const lengthOf = ({ choices }: Completion): number => choices[0]?.message.content?.length ?? 0;

export async function modelClient(settings: ConnectorClientSettings): Promise<ModelClient> {
  switch (settings.variant.client) {
    case 'undici':
      return undiciClient(settings);
    case 'onetrace':
      return onetraceClient(settings);
    case 'openai':
      return openAiClient(settings);
  }
}

async function undiciClient({ server }: ConnectorClientSettings): Promise<ModelClient> {
  const [{ Pool }, { createParser }] = await Promise.all([import('undici'), import('eventsource-parser')]);
  const pool = new Pool(server, { pipelining: 1 });
  const post = (body: object, signal?: AbortSignal) =>
    pool.request({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  async function* chunks(body: AsyncIterable<Buffer>): AsyncGenerator<object> {
    const items: object[] = [];
    const parser = createParser({
      onEvent: ({ data }) => void (data === '[DONE]' || items.push(JSON.parse(data) as object)),
    });
    const decoder = new TextDecoder();
    for await (const bytes of body) {
      parser.feed(decoder.decode(bytes, { stream: true }));
      yield* items.splice(0);
    }
  }
  return {
    call: async (model) => lengthOf((await (await post(requestOf(model))).body.json()) as Completion),
    stream: async (model, signal) => chunks((await post({ ...requestOf(model), ...STREAMED }, signal)).body),
    flush: () => Promise.resolve(),
  };
}

async function onetraceClient({ variant, server, receiver }: ConnectorClientSettings): Promise<ModelClient> {
  const [{ NestFactory }, { ObservabilityModule }, { createConnector }, { ProxyTracerProvider, trace }] =
    await Promise.all([
      import('@nestjs/core'),
      import('nestjs-onetrace'),
      import('nestjs-onetrace/connector'),
      import('@opentelemetry/api'),
    ]);
  await NestFactory.createApplicationContext(
    ObservabilityModule.forRoot({
      component: 'worker',
      export: variant.recording ? { url: receiver } : 'none',
      ...(variant.lines ? {} : { logging: { level: 'silent' } }),
    }),
    { bufferLogs: true },
  );
  const provider: object = trace.getTracerProvider();
  const own = (provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider) as {
    forceFlush?(): Promise<void>;
  };
  const llm = createConnector({ name: 'llm', protocol: 'openai', baseUrl: server });
  return {
    call: async (model) => lengthOf(await llm.chatCompletions(requestOf(model))),
    stream: (model, signal) => llm.chatCompletions({ ...requestOf(model), ...STREAMED }, { signal }),
    flush: async () => own.forceFlush?.(),
  };
}

/** The packages that only the peer's folder has, as far as they are used here. */
interface PeerPackages {
  readonly openai: {
    readonly OpenAI: new (options: object) => {
      readonly chat: {
        readonly completions: {
          create(body: object, options?: object): Promise<Completion & AsyncIterable<object>>;
        };
      };
    };
  };
  readonly instrumentation: { readonly registerInstrumentations: (options: object) => void };
  readonly instrumentationOpenAi: { readonly OpenAIInstrumentation: new () => object };
  readonly instrumentationUndici: { readonly UndiciInstrumentation: new () => object };
  readonly node: {
    readonly NodeTracerProvider: new (options: object) => { register(): void };
    readonly BatchSpanProcessor: new (exporter: object) => { forceFlush(): Promise<void> };
  };
  readonly exporter: { readonly OTLPTraceExporter: new (options: object) => object };
  readonly metrics: { readonly MeterProvider: new (options: object) => object };
  readonly prometheus: { readonly PrometheusExporter: new (options: object) => object };
}

async function openAiClient({ variant, server, receiver, folder }: ConnectorClientSettings): Promise<ModelClient> {
  const load = createRequire(join(folder, 'package.json'));
  const flush = variant.recording ? instrument(load, receiver) : () => Promise.resolve();
  const { OpenAI } = load('openai') as PeerPackages['openai'];
  const llm = new OpenAI({ baseURL: `${server}/v1`, apiKey: 'none' });
  return {
    call: async (model) => lengthOf(await llm.chat.completions.create(requestOf(model))),
    stream: (model, signal) => llm.chat.completions.create({ ...requestOf(model), ...STREAMED }, { signal }),
    flush,
  };
}

/** The field's instrumentations: one for the call with its metrics, one for the HTTP request, which also sends the trace along. */
function instrument(load: (name: string) => unknown, receiver: string): () => Promise<void> {
  const { registerInstrumentations } = load('@opentelemetry/instrumentation') as PeerPackages['instrumentation'];
  const { OpenAIInstrumentation } = load(
    '@opentelemetry/instrumentation-openai',
  ) as PeerPackages['instrumentationOpenAi'];
  const { UndiciInstrumentation } = load(
    '@opentelemetry/instrumentation-undici',
  ) as PeerPackages['instrumentationUndici'];
  const { BatchSpanProcessor, NodeTracerProvider } = load('@opentelemetry/sdk-trace-node') as PeerPackages['node'];
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-proto') as PeerPackages['exporter'];
  const { MeterProvider } = load('@opentelemetry/sdk-metrics') as PeerPackages['metrics'];
  const { PrometheusExporter } = load('@opentelemetry/exporter-prometheus') as PeerPackages['prometheus'];
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${receiver}/v1/traces` }));
  new NodeTracerProvider({ spanProcessors: [processor] }).register();
  const meterProvider = new MeterProvider({ readers: [new PrometheusExporter({ preventServerStart: true })] });
  registerInstrumentations({
    instrumentations: [new OpenAIInstrumentation(), new UndiciInstrumentation()],
    meterProvider,
  });
  return () => processor.forceFlush();
}

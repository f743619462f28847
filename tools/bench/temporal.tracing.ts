import type { TemporalWorkerSettings } from './temporal.orders.ts';

/** Tracing as an application sets it up, with what is needed of it here. */
export interface SdkTracing {
  /** For Client, Worker and bundler. */
  readonly plugins: never[];
  /** For the connection: ours sets up the SDK's logger there; the official one would run twice on a worker that has it too. */
  readonly ofConnection: never[];
  /** Hands over the spans that have ended. */
  flush(): Promise<void>;
}

type Load = (name: string) => unknown;

/** Sets up what a variant says, in this process. */
export function sdkTracing(settings: TemporalWorkerSettings, load: Load): Promise<SdkTracing> {
  switch (settings.variant.tracing) {
    case 'onetrace':
      return onetrace(settings);
    case 'official':
      return Promise.resolve(official(settings, load));
    case 'none':
      return Promise.resolve({ plugins: [], ofConnection: [], flush: () => Promise.resolve() });
  }
}

async function onetrace({ variant, receiver }: TemporalWorkerSettings): Promise<SdkTracing> {
  const [{ NestFactory }, { ObservabilityModule }, { temporalTracing }, { ProxyTracerProvider, trace }] =
    await Promise.all([
      import('@nestjs/core'),
      import('nestjs-onetrace'),
      import('nestjs-onetrace/temporal'),
      import('@opentelemetry/api'),
    ]);
  await NestFactory.createApplicationContext(
    ObservabilityModule.forRoot({
      component: 'worker',
      export: { url: receiver },
      ...(variant.lines ? {} : { logging: { level: 'silent' } }),
    }),
    { bufferLogs: true },
  );
  const provider: object = trace.getTracerProvider();
  const own = (provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider) as {
    forceFlush(): Promise<void>;
  };
  const plugins = [temporalTracing() as never];
  return { plugins, ofConnection: plugins, flush: () => own.forceFlush() };
}

/** The packages that only their SDK has, as far as they are used here. */
interface OfficialPackages {
  readonly interceptors: { readonly OpenTelemetryPlugin: new (options: object) => object };
  readonly node: {
    readonly NodeTracerProvider: new (options: object) => { register(): void };
    readonly BatchSpanProcessor: new (exporter: object) => { forceFlush(): Promise<void> };
  };
  readonly exporter: { readonly OTLPTraceExporter: new (options: object) => object };
  readonly resources: { readonly resourceFromAttributes: (attributes: object) => object };
}

function official({ receiver }: TemporalWorkerSettings, load: Load): SdkTracing {
  const { OpenTelemetryPlugin } = load('@temporalio/interceptors-opentelemetry-v2') as OfficialPackages['interceptors'];
  const { BatchSpanProcessor, NodeTracerProvider } = load('@opentelemetry/sdk-trace-node') as OfficialPackages['node'];
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-proto') as OfficialPackages['exporter'];
  const { resourceFromAttributes } = load('@opentelemetry/resources') as OfficialPackages['resources'];
  const resource = resourceFromAttributes({ 'service.name': 'worker' });
  const spanProcessor = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${receiver}/v1/traces` }));
  new NodeTracerProvider({ resource, spanProcessors: [spanProcessor] }).register();
  return {
    plugins: [new OpenTelemetryPlugin({ resource, spanProcessor }) as never],
    ofConnection: [],
    flush: () => spanProcessor.forceFlush(),
  };
}

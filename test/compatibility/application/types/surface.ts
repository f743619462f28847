/** Every entry point that needs no optional package, compiled with the library's declarations checked and nothing emitted. */
import { Injectable, Module } from '@nestjs/common';
import {
  currentTraceId,
  ObservabilityModule,
  type ObservabilityModuleOptions,
  type ObservabilityOptionsFactory,
  OnetraceError,
  Trace,
  TraceInterceptor,
  TracingService,
} from 'nestjs-onetrace';
import { ConnectorModule, InjectConnector, OpenAiConnector } from 'nestjs-onetrace/connector';
import { collectSpans, type SpanCollector } from 'nestjs-onetrace/testing';

@Injectable()
class Options implements ObservabilityOptionsFactory {
  createObservabilityOptions(): ObservabilityModuleOptions {
    return { component: 'shop', export: 'none', trust: ['10.0.0.0/8'], ignore: ['/health', /^\/internal/] };
  }
}

@Injectable()
class Work {
  constructor(
    private readonly tracing: TracingService,
    @InjectConnector('llm') readonly llm: OpenAiConnector,
  ) {}

  @Trace({ name: 'work', attributes: { 'operation.type': 'read' } })
  async run(): Promise<number> {
    return this.tracing.startActiveSpan('step', (span) => (span.isRecording() ? 1 : 0));
  }
}

@Module({
  imports: [
    ObservabilityModule.forRootAsync({ useClass: Options }),
    ConnectorModule.register({ name: 'llm', protocol: 'openai', baseUrl: 'http://127.0.0.1:8000' }),
  ],
  providers: [Work],
})
class AppModule {}

// @ts-expect-error an unknown option does not compile
ObservabilityModule.forRoot({ component: 'shop', componant: 'shop' });
// @ts-expect-error the component is required
ObservabilityModule.forRoot({});
// @ts-expect-error an unknown option of the decorator does not compile
Trace({ nam: 'work' });

export const traceId: string | undefined = currentTraceId();
export const spans: SpanCollector = collectSpans();
export const classes = [AppModule, TraceInterceptor, OnetraceError];

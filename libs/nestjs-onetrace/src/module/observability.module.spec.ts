import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Logger, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { componentLogger } from '../logging/index.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { TracingService } from '../tracing/index.js';
import { ObservabilityModule } from './observability.module.js';
import type { ObservabilityModuleOptions, ObservabilityOptionsFactory } from './observability.options.js';

const lines: Record<string, unknown>[] = [];
const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) };
const optionsFor = (component: string): ObservabilityModuleOptions => ({ component, logging: { destination } });

@Injectable()
class Factory implements ObservabilityOptionsFactory {
  createObservabilityOptions(): ObservabilityModuleOptions {
    return optionsFor('by-class');
  }
}

@Module({ providers: [Factory, { provide: 'NAME', useValue: 'by-factory' }], exports: [Factory, 'NAME'] })
class Settings {}

let spans: SpanCollector;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());

describe('an application context without HTTP', () => {
  it.each<[string, NonNullable<ModuleMetadata['imports']>[number]]>([
    ['worker', ObservabilityModule.forRoot(optionsFor('worker'))],
    [
      'by-factory',
      ObservabilityModule.forRootAsync({
        imports: [Settings],
        inject: ['NAME'],
        useFactory: async (name: string) => Promise.resolve(optionsFor(name)),
      }),
    ],
    ['by-class', ObservabilityModule.forRootAsync({ useClass: Factory })],
    ['by-class', ObservabilityModule.forRootAsync({ imports: [Settings], useExisting: Factory })],
  ])('has everything but HTTP: %s', async (component, imported) => {
    @Module({ imports: [imported] })
    class App {}
    lines.length = 0;
    spans.reset();
    const app = await NestFactory.createApplicationContext(App, { bufferLogs: true });
    app.get(TracingService).startActiveSpan('step', () => {
      componentLogger().info('hello');
      new Logger('Mine').log('from Nest');
    });
    await app.close();
    const [step] = spans.spans();
    expect(lines.find((line) => line['message'] === 'hello')).toMatchObject({
      component,
      trace_id: step?.spanContext().traceId,
      span_id: step?.spanContext().spanId,
    });
    // nestjs-pino keeps one logger a process, so that the component of these is the first application's.
    expect(lines.find((line) => line['message'] === 'from Nest')).toMatchObject({
      trace_id: step?.spanContext().traceId,
      extra: { context: 'Mine' },
    });
    // Nest's own first line was held back and came out in the schema.
    expect(lines[0]).toMatchObject({ level: 'INFO', message: 'Starting Nest application...' });
  });

  it('does not start on a wrong option, whoever made it', async () => {
    @Module({ imports: [ObservabilityModule.forRootAsync({ useFactory: () => ({ component: '' }) })] })
    class App {}
    await expect(NestFactory.createApplicationContext(App, { logger: false, abortOnError: false })).rejects.toThrow(
      'ObservabilityModule option "component" is ""; it takes a non-empty text',
    );
  });
});

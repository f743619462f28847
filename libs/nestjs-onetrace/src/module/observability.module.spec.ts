import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Logger, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { componentLogger } from '../logging/index.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { TracingService } from '../tracing/index.js';
import type { ObservabilityModuleAsyncOptions } from './async-options.js';
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

const BROKEN = new Error('the settings are not there');

@Injectable()
class Work {}

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

  it('serves the whole application from wherever it is imported, and refuses to stand there twice', async () => {
    @Module({ imports: [ObservabilityModule.forRoot(optionsFor('child'))] })
    class Child {}
    @Module({ imports: [Child] })
    class Once {}
    const app = await NestFactory.createApplicationContext(Once, { bufferLogs: true });
    expect(app.get(TracingService)).toBeDefined();
    await app.close();

    @Module({ imports: [Child, ObservabilityModule.forRoot(optionsFor('root'))] })
    class Twice {}
    await expect(
      NestFactory.createApplicationContext(Twice, { logger: false, abortOnError: false }),
    ).rejects.toMatchObject({
      code: 'ONETRACE_DUPLICATE_MODULE',
      message: expect.stringContaining('stands 2 times in this application; import forRoot or forRootAsync once'),
    });
  });

  it.each<[string, ObservabilityModuleAsyncOptions, string | Error]>([
    ['a wrong option', { useFactory: () => ({ component: '' }) }, 'option "component" is ""'],
    ['nothing', { useFactory: () => undefined as never }, 'got undefined as its options'],
    ['nothing, later', { useFactory: () => Promise.resolve(null as never) }, 'got null as its options'],
    ['an error', { useFactory: () => Promise.reject(BROKEN) }, BROKEN],
    [
      'a class that makes no options',
      { useClass: Work as never },
      'got {} for Work; it takes a provider with a method',
    ],
    [
      'something else by that token',
      { imports: [Settings], useExisting: 'NAME' },
      'got "by-factory" for NAME; it takes',
    ],
  ])('does not start when the factory gives %s', async (_what, options, message) => {
    @Module({ imports: [ObservabilityModule.forRootAsync(options)] })
    class App {}
    await expect(NestFactory.createApplicationContext(App, { logger: false, abortOnError: false })).rejects.toThrow(
      message,
    );
  });

  it.each<[unknown, string]>([
    [{}, 'forRootAsync takes exactly one of useFactory, useClass, useExisting; it got none'],
    [{ useClass: Factory, useExisting: Factory }, 'it got useClass and useExisting'],
    [undefined, 'forRootAsync got undefined; it takes { useFactory, inject, imports }'],
    [{ useFactory: optionsFor('a') }, 'forRootAsync option "useFactory" is { component: "a", logging: '],
    [{ useFactory: Factory, inject: 'NAME' }, 'forRootAsync option "inject" is "NAME"; it takes a list'],
    [{ useFactroy: Factory }, 'has no option "useFactroy"; did you mean "useFactory"?'],
  ])('refuses forRootAsync(%j) at the call', (options, message) => {
    expect(() => ObservabilityModule.forRootAsync(options as never)).toThrow(message);
  });
});

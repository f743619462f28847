import type { Context, TracerOptions, TracerProvider } from '@opentelemetry/api';
import type { EndedSpan, SpanResource } from '../ended-span.js';
import { safely } from '../safely.js';
import { OnetraceTracer } from './onetrace-tracer.js';
import type { RecordedSpan } from './recorded-span.js';
import type { Sampler } from './sampler.js';
import type { SpanLimits } from './span-limits.js';
import type { SpanProcessor } from './span-processor.js';

/** What an OnetraceTracerProvider is made of. */
export interface OnetraceTracerProviderOptions {
  readonly resource: SpanResource;
  readonly processor: SpanProcessor;
  readonly sampler: Sampler;
  readonly limits: SpanLimits;
}

/** OpenTelemetry's TracerProvider, made for spans that cost little; why it is our own stands in docs/decisions. */
export class OnetraceTracerProvider implements TracerProvider {
  private processors: readonly SpanProcessor[];
  private readonly tracers = new Map<string, OnetraceTracer[]>();

  constructor(private readonly options: OnetraceTracerProviderOptions) {
    this.processors = [options.processor];
  }

  getTracer(name: string, version?: string, options?: TracerOptions): OnetraceTracer {
    const schemaUrl = options?.schemaUrl;
    let known = this.tracers.get(name);
    if (known === undefined) this.tracers.set(name, (known = []));
    // No text is put together for the look-up: instrumentations and `@Trace` ask anew for every span.
    for (const tracer of known) {
      if (tracer.scope.version === version && tracer.scope.schemaUrl === schemaUrl) return tracer;
    }
    const { resource, limits, sampler } = this.options;
    const scope = {
      name,
      ...(version === undefined ? {} : { version }),
      ...(schemaUrl === undefined ? {} : { schemaUrl }),
    };
    const tracer = new OnetraceTracer({ resource, limits, sampler, scope, onStart: this.onStart, onEnd: this.onEnd });
    known.push(tracer);
    return tracer;
  }

  /** Hands the spans that end from now on to one more processor. */
  addProcessor(processor: SpanProcessor): void {
    this.processors = [...this.processors, processor];
  }

  /** Undoes `addProcessor`. */
  removeProcessor(processor: SpanProcessor): void {
    this.processors = this.processors.filter((other) => other !== processor);
  }

  /** Hands over what has ended so far. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.processors.map(async (processor) => processor.forceFlush?.()));
  }

  /** Hands over what has ended so far, and stops. */
  async shutdown(): Promise<void> {
    await Promise.all(this.processors.map(async (processor) => processor.shutdown?.()));
  }

  private readonly onStart = (span: RecordedSpan, parentContext: Context): void => {
    for (const processor of this.processors) {
      if (processor.onStart !== undefined) safely('span start', () => processor.onStart?.(span, parentContext));
    }
  };

  /** Hands an ended span to every processor; also one that was measured where no tracer of this process runs. */
  readonly onEnd = (span: EndedSpan): void => {
    for (const processor of this.processors) safely('span end', () => processor.onEnd(span));
  };
}

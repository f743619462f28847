import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { emptyResource } from '@opentelemetry/resources';
import { Span as NestJsOtelSpan } from 'nestjs-otel';
import { Observable } from 'rxjs';
import { createSampler, OnetraceTracerProvider, resolveSpanLimits } from './provider/index.js';
import { Trace } from './trace.decorator.js';

class SleepLogs {
  plain(hours: number): number {
    return hours + 1;
  }

  @Trace()
  traced(hours: number): number {
    return hours + 1;
  }

  @NestJsOtelSpan()
  tracedByNestJsOtel(hours: number): number {
    return hours + 1;
  }

  @Trace({ attributes: (hours: number) => ({ hours }) })
  described(hours: number): number {
    return hours + 1;
  }

  @Trace({ recordArguments: true, recordResult: true })
  recorded(log: object): object {
    return log;
  }

  stream(hours: number): Observable<number> {
    return new Observable((subscriber) => {
      subscriber.next(hours);
      subscriber.complete();
    });
  }

  @Trace()
  tracedStream(hours: number): Observable<number> {
    return this.stream(hours);
  }

  *numbers(hours: number): Generator<number> {
    for (let hour = 0; hour < hours; hour += 1) yield hour;
  }

  @Trace()
  *tracedNumbers(hours: number): Generator<number> {
    for (let hour = 0; hour < hours; hour += 1) yield hour;
  }
}

const sleepLogs = new SleepLogs();
const log = { user: 'ada', hours: [7, 8, 6], quality: { deep: 0.4, light: 0.6 }, token: 'secret' };

/** The operation with every span recorded by our own provider. */
function recording<T>(operation: () => T): () => () => T {
  return () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(
      new OnetraceTracerProvider({
        resource: emptyResource(),
        processor: { onEnd: () => undefined },
        sampler: createSampler({ ratio: 1, trustParent: true }),
        limits: resolveSpanLimits({
          attributes: undefined,
          attributeLength: undefined,
          events: undefined,
          links: undefined,
        }),
      }),
    );
    return operation;
  };
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

/** What `@Trace` costs on methods of every kind, every span recorded; `spans.bench.ts` has the asynchronous method by provider. */
export default {
  'synchronous method': {
    plain: () => () => sleepLogs.plain(7),
    onetrace: recording(() => sleepLogs.traced(7)),
    'nestjs-otel': recording(() => sleepLogs.tracedByNestJsOtel(7)),
    'onetrace, attributes by function': recording(() => sleepLogs.described(7)),
    'onetrace, arguments and result': recording(() => sleepLogs.recorded(log)),
  },
  Observable: {
    plain: () => () => sleepLogs.stream(7).subscribe(),
    onetrace: recording(() => sleepLogs.tracedStream(7).subscribe()),
  },
  'generator of seven': {
    plain: () => () => sum(sleepLogs.numbers(7)),
    onetrace: recording(() => sum(sleepLogs.tracedNumbers(7))),
  },
};

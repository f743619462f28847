import { types } from 'node:util';
import { type Context, context, type Span } from '@opentelemetry/api';
import { DeferredSpan } from './deferred-span.js';
import { contextOf, endAbandoned, endCompleted, endWithError, type SpanCall } from './span-call.js';

const STEPS = ['next', 'return', 'throw'] as const;
type Step = (this: unknown, ...values: unknown[]) => unknown;
type StepResult = IteratorResult<unknown> | undefined;

/** One run through a generator. It must not hold the generator, whose collection is what ends an abandoned run. */
class GeneratorRun {
  private span: Span | undefined;
  private context: Context | undefined;
  private running = false;
  private over = false;
  private lastStepAt = 0;

  constructor(
    private readonly deferred: DeferredSpan,
    private readonly isAsync: boolean,
  ) {}

  step(original: Step, generator: unknown, values: unknown[]): unknown {
    // A generator that calls itself while it runs gets its TypeError, and is not over.
    if (this.over || this.running) return Reflect.apply(original, generator, values);
    this.context ??= this.open();
    // An asynchronous generator queues what is asked of it while it runs.
    this.running = !this.isAsync;
    let result: unknown;
    try {
      result = context.with(this.context, original, generator, ...values);
    } catch (error) {
      this.failed(error);
      throw error;
    } finally {
      this.running = false;
    }
    if (!this.isAsync) {
      this.stepped(result as StepResult);
      return result;
    }
    return (result as Promise<StepResult>).then(
      (settled) => {
        this.stepped(settled);
        return settled;
      },
      (error: unknown) => {
        this.failed(error);
        throw error;
      },
    );
  }

  /** Ends the span of a run that nobody can go on with, at the time of its last step. */
  abandon(): void {
    if (!this.over && this.span !== undefined) endAbandoned(this.span, this.lastStepAt);
    this.over = true;
  }

  private open(): Context {
    this.span = this.deferred.claim();
    return this.span === undefined ? context.active() : contextOf(this.span);
  }

  private stepped(result: StepResult): void {
    this.lastStepAt = performance.now();
    if (result?.done !== true || this.over) return;
    this.over = true;
    if (this.span !== undefined) endCompleted(this.span, this.deferred.call, this.deferred.result);
  }

  private failed(error: unknown): void {
    if (this.over) return;
    this.over = true;
    if (this.span !== undefined) endWithError(this.span, this.deferred.call, error);
  }
}

// One that is handed back again and again (kept in a field) is no new work, and must not collect shadows.
const followed = new WeakSet<object>();
const abandoned = new FinalizationRegistry<GeneratorRun>((run) => run.abandon());

/**
 * Runs every step of a generator inside the span, and ends the span when the generator returns or throws. The very object is
 * handed back, so that its class, its identity and what it delegates to stay; its three methods get a shadow each.
 */
export function followGenerator(generator: object, span: Span, call: SpanCall, args: readonly unknown[]): object {
  const isAsync = Symbol.asyncIterator in generator;
  const kind = isAsync ? 'AsyncGenerator' : 'Generator';
  if (followed.has(generator)) {
    endCompleted(span, call, kind);
    return generator;
  }
  followed.add(generator);
  const run = new GeneratorRun(new DeferredSpan(span, call, args, kind), isAsync);
  try {
    for (const name of STEPS) {
      const original = (generator as Record<string, Step>)[name] as Step;
      Object.defineProperty(generator, name, {
        configurable: true,
        writable: true,
        value: function (this: unknown, ...values: unknown[]): unknown {
          return run.step(original, this, values);
        },
      });
    }
    abandoned.register(generator, run);
  } catch {
    // Another decorator froze it: it stays as it is, and the call is over when it returns.
    endCompleted(span, call, kind);
  }
  return generator;
}

/** Whether a value is a generator in progress, synchronous or not. */
export const isGenerator = (value: object): boolean => types.isGeneratorObject(value);

/* eslint-disable @typescript-eslint/no-unused-vars -- parameters stand here for their types */
/** Types of `@Trace`: each line below an `@ts-expect-error` must not compile, or the type check of this file fails. */
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { applyDecorators } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { complianceAttributes } from './compliance-attributes.js';
import { Trace } from './trace.decorator.js';
import type { TraceOptions } from './trace-options.js';
import { TracingService } from './tracing.service.js';

interface Log {
  readonly hours: number;
}

/** As applications compose decorators of their own. */
const Audited = (): MethodDecorator => Trace({ attributes: complianceAttributes({ auditRequired: true }) });
const TracedClass = (): ClassDecorator => Trace('prefix');
const Both = (): MethodDecorator & ClassDecorator => applyDecorators(Trace());

class Fits {
  @Audited() composed(): void {}
  @Both() both(): void {}
  @Trace() none(): void {}
  @Trace('name') byName(): void {}
  @Trace({ kind: SpanKind.CLIENT, root: true, links: [], recordArguments: true, recordResult: false }) all(): void {}
  @Trace({ attributes: { text: 'a', number: 1, flag: true, list: ['a', 'b'] } }) values(): void {}
  @Trace({ attributes: complianceAttributes({ complianceContext: 'HIPAA' }) }) audited(): void {}
  @Trace({ attributes: (id: string) => ({ id }) }) fewer(_id: string, _log: Log): void {}
  @Trace({ attributes: (id: string, log?: Log) => ({ id, hours: log?.hours }) }) optional(_id: string): void {}
  @Trace({ attributes: (...args: readonly unknown[]) => ({ count: args.length }) }) any(_id: string): void {}
  @Trace({ attributes: (first) => ({ known: first !== undefined }) }) inferred(_id: string): void {}
  @Trace({ resultAttributes: (log: Log, id: string) => ({ hours: log.hours, id }) })
  async awaited(_id: string): Promise<Log> {
    return { hours: 8 };
  }
  @Trace() generic<T>(value: T): T {
    return value;
  }
  @Trace() static fixed(): void {}
  @Trace() private hidden(): void {}
  @Trace() async *pages(): AsyncGenerator<number> {}
  touch(): void {
    this.hidden();
  }
}

@TracedClass()
@Both()
@Trace()
class Whole {}
@Trace({ name: 'prefix', attributes: (...args: readonly unknown[]) => ({ count: args.length }) })
abstract class Partial {}

/** Never run: what stands here is for the compiler alone, and would throw. */
export function refused(): unknown[] {
  class Wrong {
    // @ts-expect-error -- no such option
    @Trace({ nmae: 'x' }) unknownOption(): void {}
    // @ts-expect-error -- a name is a text
    @Trace({ name: 7 }) wrongName(): void {}
    // @ts-expect-error -- neither text nor options
    @Trace(7) number(): void {}
    // @ts-expect-error -- no such kind
    @Trace({ kind: 'client' }) wrongKind(): void {}
    // @ts-expect-error -- an attribute is no object
    @Trace({ attributes: { nested: { a: 1 } } }) nested(): void {}
    // @ts-expect-error -- a list of attributes is of one type
    @Trace({ attributes: { mixed: ['a', 1] } }) mixed(): void {}
    // @ts-expect-error -- true or false
    @Trace({ recordArguments: 'yes' }) wrongFlag(): void {}
    // @ts-expect-error -- the method takes a text
    @Trace({ attributes: (id: number) => ({ id }) }) wrongArgument(_id: string): void {}
    // @ts-expect-error -- the method takes one argument
    @Trace({ attributes: (_id: string, log: Log) => ({ hours: log.hours }) }) missing(_id: string): void {}
    // @ts-expect-error -- attributes are made at once
    @Trace({ attributes: async (id: string) => ({ id }) }) asynchronous(_id: string): void {}
    // @ts-expect-error -- the method gives a text
    @Trace({ resultAttributes: (log: Log) => ({ hours: log.hours }) }) wrongResult(): string {
      return '';
    }
    // @ts-expect-error -- a field is no method
    @Trace() field = () => 1;
    // @ts-expect-error -- a getter is no method
    @Trace() get size(): number {
      return 1;
    }
    // @ts-expect-error -- a setter is no method
    @Trace() set width(_value: number) {}
    // @ts-expect-error -- a parameter is no method
    parameter(@Trace() _id: string): void {}
  }
  const tracing = new TracingService();
  return [
    Wrong,
    // @ts-expect-error -- no such rules
    complianceAttributes({ complianceContext: 'SOX' }),
    // @ts-expect-error -- no such sensitivity
    tracing.business('step', () => 1, { dataSensitivity: 'secret' }),
    // @ts-expect-error -- the value keeps its type
    tracing.external('billing', 'charge', () => 'receipt') satisfies number,
    // @ts-expect-error -- a name comes first
    tracing.startActiveSpan(() => 1),
  ];
}

describe('the types of @Trace', () => {
  it('take what fits, and change no type of what they stand on', () => {
    const fits = new Fits();
    fits.touch();
    expect(fits.generic('a') satisfies string).toBe('a');
    const options: TraceOptions = { name: 'a', attributes: { b: 1 } };
    expect([Whole, Partial, Trace(options)].map((value) => typeof value)).toEqual(['function', 'function', 'function']);
  });
});

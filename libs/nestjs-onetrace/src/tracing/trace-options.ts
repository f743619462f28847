import type { Attributes, Link, SpanKind } from '@opentelemetry/api';

/**
 * Options of `@Trace`, after OpenTelemetry's SpanOptions. The type parameters are inferred from the functions among
 * them: what they expect must be what the method takes and gives, or the decorator does not compile.
 */
export interface TraceOptions<
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  ResultArgs extends readonly unknown[] = readonly unknown[],
> {
  /** Name of the span; `Class.method` where none is given. On a class: the prefix instead of the class's name. */
  readonly name?: string;
  /** Alias of `name`. */
  readonly operationName?: string;
  /** Kind of the span; INTERNAL where none is given. */
  readonly kind?: SpanKind;
  /** Alias of `kind`. */
  readonly spanKind?: SpanKind;
  /** Attributes of every span, or a function that makes them of the call's arguments. What it throws is swallowed. */
  readonly attributes?: Attributes | ((...args: Args) => Attributes);
  /** Makes attributes of the result (of a Promise: what it resolves to) and the call's arguments. What it throws is swallowed. */
  readonly resultAttributes?: (result: Result, ...args: ResultArgs) => Attributes;
  readonly links?: readonly Link[];
  /** Starts a new trace instead of a child of the active span. */
  readonly root?: boolean;
  /** Records the first three arguments, redacted and bounded. Off unless asked for. */
  readonly recordArguments?: boolean;
  /** Records the result, redacted and bounded. Off unless asked for. */
  readonly recordResult?: boolean;
}

type Method = (...args: never[]) => unknown;

/** Nothing where the options' functions fit the method; else what stands in the compiler's message. */
type Fits<M extends Method, Args extends readonly unknown[], Result, ResultArgs extends readonly unknown[]> = ((
  ...args: Args
) => void) extends (...args: Parameters<M>) => void
  ? ((result: Result, ...args: ResultArgs) => void) extends (
      result: Awaited<ReturnType<M>>,
      ...args: Parameters<M>
    ) => void
    ? unknown
    : { readonly 'resultAttributes does not fit what the method gives and takes': never }
  : { readonly 'attributes does not fit what the method takes': never };

/** What `@Trace()` gives: stands on a method, static or not, or on a class. */
export interface TraceDecorator<
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  ResultArgs extends readonly unknown[] = readonly unknown[],
> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- the type of Nest's and TypeScript's own ClassDecorator
  <Class extends Function>(target: Class): void;
  <M extends Method>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<M> & Fits<M, Args, Result, ResultArgs>,
  ): void;
}

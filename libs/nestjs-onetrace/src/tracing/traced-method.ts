import { type Attributes, type Span, SpanKind, type SpanOptions } from '@opentelemetry/api';
import { ATTR, SPAN_NAMES } from '../semantics/index.js';
import { keepMethodIdentity } from './method-identity.js';
import { parameterNames } from './parameter-names.js';
import { recordedValue } from './recorded-value.js';
import type { OngoingResult, SpanCall } from './results/span-call.js';
import { countFailure } from './safely.js';
import type { TraceOptions } from './trace-options.js';
import { callInSpan } from './traced-call.js';
import { getTracer } from './tracer.js';

/** Any function, its `this` and its arguments unknown. */
export type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

/** Which method is traced, and how. */
export interface MethodTracing {
  readonly className: string;
  readonly key: string | symbol;
  readonly options: TraceOptions;
  /** Stands before the method's name in the span's; the class's name where none is given. */
  readonly prefix?: string;
  /** Looks up what is called, anew for every call, where that is not always the method itself. */
  readonly callee?: () => AnyMethod;
}

// Shared, so that the ESM and the CommonJS copy of the library know each other's work. Not a mark on the function: decorators copy
// the properties of what they wrap, and a mark on the copy would take them for traced methods and leave them out.
const TRACED_KEY = Symbol.for('onetrace.traced');
const callees = ((globalThis as { [TRACED_KEY]?: WeakMap<AnyMethod, () => AnyMethod> })[TRACED_KEY] ??= new WeakMap());
/** Arguments that `recordArguments` records: the first ones. */
const RECORDED_ARGUMENTS = 3;

/** Whether a function was made by `@Trace`, of this copy of the library or of another. */
export function isTraced(method: AnyMethod): boolean {
  return callees.has(method);
}

/** The method with a span around every call; nothing else of it changes. Of two `@Trace` on one method the upper one counts. */
export function tracedMethod(method: AnyMethod, tracing: MethodTracing): AnyMethod {
  const callee = tracing.callee ?? callees.get(method) ?? (() => method);
  const call = new MethodCall(method, tracing);
  const wrapper = keepMethodIdentity(
    isConstructor(method) ? constructible(call, callee) : unconstructible(call, callee),
    method,
  );
  callees.set(wrapper, callee);
  return wrapper;
}

/** A method of an object literal has no `prototype` and cannot be constructed, like the methods of a class. */
function unconstructible(call: SpanCall, callee: () => AnyMethod): AnyMethod {
  const holder: { readonly traced: AnyMethod } = {
    traced(this: unknown, ...args: unknown[]): unknown {
      return callInSpan(call, callee(), this, args);
    },
  };
  return holder.traced;
}

/** What a decorator below or older code wrote with `function`: called it is traced, with `new` it makes what it always made. */
function constructible(call: SpanCall, callee: () => AnyMethod): AnyMethod {
  return function traced(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return callInSpan(call, callee(), this, args);
    return Reflect.construct(callee(), args, (new.target as unknown) === traced ? callee() : new.target);
  };
}

function isConstructor(method: AnyMethod): boolean {
  try {
    Reflect.construct(Object, [], method);
    return true;
  } catch {
    return false;
  }
}

/** How the spans of one traced method are made. What does not depend on the call is made once. */
class MethodCall implements SpanCall {
  private readonly name: string;
  private readonly spanOptions: SpanOptions;
  private readonly options: TraceOptions;
  private readonly makeAttributes: ((...args: readonly unknown[]) => Attributes) | undefined;
  /** Names of the recorded arguments, which may tell a secret; `undefined` when none is recorded. */
  private readonly argumentNames: readonly string[] | undefined;

  constructor(method: AnyMethod, { className, key, prefix = className, options }: MethodTracing) {
    const methodName = typeof key === 'symbol' ? (key.description ?? 'symbol') : key;
    const { attributes } = options;
    this.options = options;
    this.name = options.name ?? options.operationName ?? SPAN_NAMES.method(prefix, methodName);
    this.makeAttributes = typeof attributes === 'function' ? attributes : undefined;
    this.argumentNames =
      options.recordArguments === true ? parameterNames(method).slice(0, RECORDED_ARGUMENTS) : undefined;
    this.spanOptions = {
      kind: options.kind ?? options.spanKind ?? SpanKind.INTERNAL,
      ...(options.links === undefined ? {} : { links: [...options.links] }),
      ...(options.root === undefined ? {} : { root: options.root }),
      attributes: {
        [ATTR.methodClass]: className,
        [ATTR.methodName]: methodName,
        ...(typeof attributes === 'function' ? {} : attributes),
      },
    };
  }

  startSpan(args: readonly unknown[]): Span {
    const span = getTracer().startSpan(this.name, this.spanOptions);
    if (!span.isRecording()) return span;
    span.setAttribute(ATTR.methodArgsCount, args.length);
    const { argumentNames: names } = this;
    if (names !== undefined) {
      const recorded = args.slice(0, RECORDED_ARGUMENTS);
      span.setAttribute(
        ATTR.methodArguments,
        recorded.map((value, index) => recordedValue(value, names[index])),
      );
    }
    if (this.makeAttributes !== undefined) describe(span, this.makeAttributes, args);
    return span;
  }

  succeeded(span: Span, value: unknown, args: readonly unknown[]): void {
    const { recordResult, resultAttributes } = this.options;
    span.setAttribute(ATTR.methodSuccess, true);
    span.setAttribute(ATTR.methodResultType, value === null ? 'null' : typeof value);
    if (recordResult === true) span.setAttribute(ATTR.methodResult, recordedValue(value));
    if (resultAttributes !== undefined) describe(span, resultAttributes, [value, ...args]);
  }

  completed(span: Span, result: OngoingResult): void {
    span.setAttribute(ATTR.methodSuccess, true);
    span.setAttribute(ATTR.methodResultType, result);
  }

  failed(span: Span): void {
    span.setAttribute(ATTR.methodSuccess, false);
  }
}

/** Sets what the user's function makes; what it throws is counted and swallowed. */
function describe(span: Span, make: (...args: never[]) => Attributes, args: readonly unknown[]): void {
  try {
    const made: Attributes | Promise<unknown> = make(...(args as never[]));
    if (made instanceof Promise) {
      // Its rejection must not end the process; its value would come too late.
      made.catch(() => undefined);
      throw new TypeError('a function of @Trace that makes attributes gave a Promise; make it synchronous');
    }
    span.setAttributes(made);
  } catch (error) {
    countFailure('attributes function', error);
  }
}

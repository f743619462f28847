import { type Attributes, type Link, type Span, SpanKind } from '@opentelemetry/api';
import { ATTR, ERROR_CODES, OnetraceError, SPAN_NAMES } from '../semantics/index.js';
import { recordedValue } from './recorded-value.js';
import { callInSpan } from './traced-call.js';
import { getTracer } from './tracer.js';

/** Options of `@Trace`, after OpenTelemetry's SpanOptions. */
export interface TraceOptions {
  /** Name of the span; `Class.method` where none is given. */
  name?: string;
  /** Alias of `name`. */
  operationName?: string;
  /** Kind of the span; INTERNAL where none is given. */
  readonly kind?: SpanKind;
  /** Alias of `kind`. */
  readonly spanKind?: SpanKind;
  readonly attributes?: Attributes;
  readonly links?: Link[];
  /** Starts a new trace instead of a child of the active span. */
  readonly root?: boolean;
  /** Records the first three arguments, redacted and bounded. Off unless asked for. */
  readonly recordArguments?: boolean;
  /** Records the result, redacted and bounded. Off unless asked for. */
  readonly recordResult?: boolean;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type TraceDecorator = ClassDecorator & MethodDecorator;

const TRACED = Symbol.for('onetrace.traced');
const RECORDED_ARGUMENTS = 3;

/**
 * Makes a span of every call of a method or, on a class, of every method of its own prototype. The method keeps its
 * name, length and metadata; a synchronous method stays synchronous; value and error pass through untouched.
 *
 * @throws OnetraceError ONETRACE_TRACE_ON_ACCESSOR on a getter, setter or field.
 */
export function Trace(nameOrOptions: string | TraceOptions = {}): TraceDecorator {
  const options = typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  return ((target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    if (key === undefined) {
      traceClass(target as abstract new (...args: never[]) => unknown, options);
      return undefined;
    }
    const className = typeof target === 'function' ? target.name : target.constructor.name;
    if (descriptor === undefined || typeof descriptor.value !== 'function') {
      throw new OnetraceError(
        ERROR_CODES.traceOnAccessor,
        `@Trace() stands on ${className}.${String(key)}, which is no method; put it on a method or on the class`,
      );
    }
    descriptor.value = traced(descriptor.value as AnyFunction, className, key, options);
    return descriptor;
  }) as TraceDecorator;
}

function traceClass(target: abstract new (...args: never[]) => unknown, options: TraceOptions): void {
  const prototype = target.prototype as object;
  for (const key of Reflect.ownKeys(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
    if (key === 'constructor' || descriptor === undefined || typeof descriptor.value !== 'function') continue;
    const method = descriptor.value as AnyFunction & { [TRACED]?: true };
    // A name on the class would give every method the same one: there it is the prefix.
    const prefix = options.name ?? options.operationName ?? target.name;
    const shared = { ...options };
    delete shared.name;
    delete shared.operationName;
    if (method[TRACED] !== true) {
      Object.defineProperty(prototype, key, { ...descriptor, value: traced(method, prefix, key, shared) });
    }
  }
}

function traced(method: AnyFunction, className: string, key: string | symbol, options: TraceOptions): AnyFunction {
  const methodName = String(typeof key === 'symbol' ? (key.description ?? 'symbol') : key);
  const name = options.name ?? options.operationName ?? SPAN_NAMES.method(className, methodName);
  const spanOptions = {
    kind: options.kind ?? options.spanKind ?? SpanKind.INTERNAL,
    ...(options.links === undefined ? {} : { links: options.links }),
    ...(options.root === undefined ? {} : { root: options.root }),
  };
  const observer = {
    succeeded: (span: Span, value: unknown): void => {
      if (!span.isRecording()) return;
      span.setAttribute(ATTR.methodSuccess, true);
      span.setAttribute(ATTR.methodResultType, value === null ? 'null' : typeof value);
      if (options.recordResult === true) span.setAttribute(ATTR.methodResult, recordedValue(value));
    },
    failed: (span: Span): void => void span.setAttribute(ATTR.methodSuccess, false),
  };

  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    const startSpan = (): Span =>
      getTracer().startSpan(name, {
        ...spanOptions,
        attributes: {
          [ATTR.methodClass]: className,
          [ATTR.methodName]: methodName,
          [ATTR.methodArgsCount]: args.length,
          ...(options.recordArguments === true
            ? { [ATTR.methodArguments]: args.slice(0, RECORDED_ARGUMENTS).map(recordedValue) }
            : {}),
          ...options.attributes,
        },
      });
    return callInSpan(startSpan, () => Reflect.apply(method, this, args), observer);
  };
  return keepIdentity(wrapper, method);
}

/** Name, length and Reflect metadata stay the method's own, or guards and Swagger would lose what they read there. */
function keepIdentity(wrapper: AnyFunction, method: AnyFunction): AnyFunction {
  Object.defineProperty(wrapper, 'name', { value: method.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: method.length, configurable: true });
  Object.defineProperty(wrapper, TRACED, { value: true });
  for (const metadataKey of Reflect.getMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(metadataKey, Reflect.getMetadata(metadataKey, method), wrapper);
  }
  return wrapper;
}

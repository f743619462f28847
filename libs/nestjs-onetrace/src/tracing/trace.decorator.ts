import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import type { TraceDecorator, TraceOptions } from './trace-options.js';
import { traceClass } from './traced-class.js';
import { type AnyMethod, tracedMethod } from './traced-method.js';

/**
 * Makes a span of every call of a method or, on a class, of every method that its instances have, inherited ones too.
 * The method keeps its `this`, name, length and metadata; a synchronous method stays synchronous; value and error arrive unchanged.
 *
 * @throws OnetraceError ONETRACE_TRACE_ON_ACCESSOR on a getter, setter, field or parameter.
 * @throws OnetraceError ONETRACE_INVALID_OPTION where it is given neither a name nor options.
 * @throws OnetraceError ONETRACE_STANDARD_DECORATOR where the compiler's `experimentalDecorators` is off.
 */
export function Trace(name: string): TraceDecorator;
export function Trace<
  Args extends readonly unknown[] = readonly unknown[],
  Result = unknown,
  ResultArgs extends readonly unknown[] = readonly unknown[],
>(options?: TraceOptions<Args, Result, ResultArgs>): TraceDecorator<Args, Result, ResultArgs>;
export function Trace(nameOrOptions: string | TraceOptions = {}): TraceDecorator {
  const options = typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  if (typeof options !== 'object' || (options as unknown) === null) throw noOptions(options);
  return (target: object, key?: unknown, descriptor?: unknown): void => {
    if (typeof key === 'object' && key !== null && 'kind' in key) throw standardDecorator();
    if (typeof key !== 'string' && typeof key !== 'symbol') {
      if (descriptor !== undefined) throw noMethod((target as { name: string }).name, 'constructor', descriptor);
      traceClass(target as abstract new (...args: never[]) => unknown, options);
      return;
    }
    const className = typeof target === 'function' ? target.name : target.constructor.name;
    if (!isMethod(descriptor)) throw noMethod(className, key, descriptor);
    descriptor.value = tracedMethod(descriptor.value, { className, key, options });
  };
}

function isMethod(descriptor: unknown): descriptor is { value: AnyMethod } {
  return typeof (descriptor as PropertyDescriptor | undefined)?.value === 'function';
}

function noMethod(className: string, key: string | symbol, descriptor: unknown): OnetraceError {
  const what =
    typeof descriptor === 'number' ? 'a parameter' : descriptor === undefined ? 'a field' : 'a getter or setter';
  const remedy =
    descriptor === undefined
      ? 'make the field a method (a function in a field is made anew for each instance, out of reach of decorators)'
      : 'put it on a method or on the class';
  return new OnetraceError(
    ERROR_CODES.traceOnAccessor,
    `@Trace() stands on ${className}.${String(key)}, which is no method but ${what}; ${remedy}`,
  );
}

function noOptions(received: unknown): OnetraceError {
  return new OnetraceError(
    ERROR_CODES.invalidOption,
    `@Trace() was given ${received === null ? 'null' : `a ${typeof received}`}; give it a name, an object of options, or nothing`,
  );
}

function standardDecorator(): OnetraceError {
  return new OnetraceError(
    ERROR_CODES.standardDecorator,
    "@Trace() was called as a standard (TC39) decorator; NestJS and Onetrace need TypeScript's own: " +
      'set "experimentalDecorators": true in tsconfig.json (SWC: "legacyDecorator": true)',
  );
}

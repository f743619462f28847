import asyncHooks from 'node:async_hooks';
import events from 'node:events';
import http from 'node:http';
import net from 'node:net';
import stream from 'node:stream';
import type { TraceOptions } from './trace-options.js';
import { type AnyMethod, isTraced, tracedMethod } from './traced-method.js';

/** Methods that Nest and JavaScript call by themselves: lifecycle hooks, conversions, iteration, `await`. */
const PROTOCOL_METHODS: ReadonlySet<string | symbol> = new Set<string | symbol>([
  'constructor',
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
  'toString',
  'toLocaleString',
  'toJSON',
  'valueOf',
  'then',
  ...Reflect.ownKeys(Symbol)
    .map((key) => (Symbol as unknown as Record<string | symbol, unknown>)[key])
    .filter((value) => typeof value === 'symbol'),
]);

/** Prototypes of Node's own classes, which are written in JavaScript; those of the language are recognised by their source. */
const NODE_PROTOTYPES: ReadonlySet<unknown> = new Set(
  [asyncHooks, events, http, net, stream]
    .flatMap((module): { value?: unknown }[] => Object.values(Object.getOwnPropertyDescriptors(module)))
    .concat({ value: EventTarget })
    .map(({ value }) => (typeof value === 'function' ? (value.prototype as unknown) : undefined)),
);

/**
 * Traces every method that instances of a class have: its own, those it overrides and those it inherits, but for what the
 * language, Node and Nest call by themselves. A method that is traced already, here or in a parent, is not traced again.
 * Accessors are left alone, and never read.
 */
export function traceClass(target: abstract new (...args: never[]) => unknown, options: TraceOptions): void {
  const prototype = target.prototype as object;
  const { name, operationName, ...shared } = options;
  // A name on the class would give every method the same one: there it is the prefix.
  const prefix = name ?? operationName ?? target.name;
  const seen = new Set<string | symbol>(PROTOCOL_METHODS);
  for (let owner = prototype; !isBuiltIn(owner); owner = Object.getPrototypeOf(owner) as object) {
    for (const key of Reflect.ownKeys(owner)) {
      if (seen.has(key)) continue;
      seen.add(key);
      const descriptor = Object.getOwnPropertyDescriptor(owner, key);
      const method = descriptor?.value as AnyMethod | undefined;
      if (typeof method !== 'function' || isTraced(method) || isClass(method)) continue;
      const tracing = { className: target.name, key, prefix, options: shared };
      const value = tracedMethod(
        method,
        owner === prototype ? tracing : { ...tracing, callee: inherited(prototype, key) },
      );
      Reflect.defineProperty(prototype, key, { ...descriptor, value });
    }
  }
}

/** Looks an inherited method up at each call, like `super`: what replaces it in the parent later still takes effect. */
function inherited(prototype: object, key: string | symbol): () => AnyMethod {
  return () => (Object.getPrototypeOf(prototype) as Record<string | symbol, AnyMethod>)[key] as AnyMethod;
}

function isBuiltIn(prototype: object | null): prototype is null {
  if (prototype === null || Object.getPrototypeOf(prototype) === null || NODE_PROTOTYPES.has(prototype)) return true;
  const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
  return typeof constructor === 'function' && sourceOf(constructor).endsWith('{ [native code] }');
}

/** A class in a property of the prototype is made with `new`, which a traced method would refuse. */
function isClass(method: AnyMethod): boolean {
  return sourceOf(method).startsWith('class');
}

/** Not by the function's own `toString`, which may be anybody's. */
function sourceOf(fn: object): string {
  return Function.prototype.toString.call(fn);
}

import asyncHooks from 'node:async_hooks';
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import events from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import readline from 'node:readline';
import stream from 'node:stream';
import tls from 'node:tls';
import url from 'node:url';
import worker from 'node:worker_threads';
import zlib from 'node:zlib';
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

/** Modules with classes that applications extend. Node's own classes are written in JavaScript: their source does not tell them. */
const NODE_MODULES: readonly object[] = [
  asyncHooks,
  childProcess,
  dgram,
  events,
  fs,
  http,
  https,
  net,
  readline,
  stream,
  tls,
  url,
  worker,
  zlib,
];

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
      if (seen.has(key) || isNodeSymbol(key)) continue;
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

/** Names that Node calls by itself: `nodejs.util.inspect.custom`, `nodejs.rejection`. */
function isNodeSymbol(key: string | symbol): boolean {
  return typeof key === 'symbol' && Symbol.keyFor(key)?.startsWith('nodejs.') === true;
}

function isBuiltIn(prototype: object | null): prototype is null {
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return true;
  const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
  return typeof constructor === 'function' && (isNative(constructor) || isOfNode(constructor));
}

/** Whether a class is one of Node's modules or of its global ones. Looked up by name: asking for all of them would load what nobody uses. */
function isOfNode(constructor: object): boolean {
  const name = Object.getOwnPropertyDescriptor(constructor, 'name')?.value as unknown;
  if (typeof name !== 'string' || name === '') return false;
  if (NODE_MODULES.some((module) => (module as Record<string, unknown>)[name] === constructor)) return true;
  // What an application puts there itself is enumerable.
  const isGlobal = Object.hasOwn(globalThis, name) && !Object.prototype.propertyIsEnumerable.call(globalThis, name);
  return isGlobal && (globalThis as Record<string, unknown>)[name] === constructor;
}

/** A class in a property of the prototype is no method. What else is made with `new` can still be, traced. */
function isClass(method: AnyMethod): boolean {
  return sourceOf(method).startsWith('class') || (isNative(method) && Object.hasOwn(method, 'prototype'));
}

function isNative(fn: object): boolean {
  return sourceOf(fn).endsWith('{ [native code] }');
}

/** Not by the function's own `toString`, which may be anybody's. */
function sourceOf(fn: object): string {
  return Function.prototype.toString.call(fn);
}

import type { ExceptionFilter, NestInterceptor } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { tap } from 'rxjs';
import { activeRequest } from './request-context.js';

// What Nest's decorators write; the names are older than any version that is supported.
const FILTERS = '__exceptionFilters__';
const INTERCEPTORS = '__interceptors__';
const EVENTS = '__sse__';

/** Hears of the error that ends server-sent events after their headers: no filter does. */
const EVENTS_LISTENER: NestInterceptor = {
  intercept(execution, next) {
    const request = execution.getType() === 'http' ? activeRequest() : undefined;
    if (request === undefined) return next.handle();
    return next.handle().pipe(tap({ error: (error: unknown) => request.failed(error) }));
  },
};

/**
 * Makes heard what Nest asks nobody else about: errors that a controller's or handler's own filters answer, and those of
 * server-sent events.
 *
 * @param listener a filter that matches nothing; the same one for all applications of the process, which may share controllers.
 */
export function listenInControllers(modules: ModulesContainer, listener: ExceptionFilter): void {
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      // Nest asks the last filter first.
      if (Reflect.hasMetadata(FILTERS, metatype)) change(FILTERS, metatype, listener, (own) => [...own, listener]);
      for (const method of methodsOf(metatype)) {
        if (Reflect.hasMetadata(FILTERS, method)) change(FILTERS, method, listener, (own) => [...own, listener]);
        if (Reflect.hasMetadata(EVENTS, method)) {
          change(INTERCEPTORS, method, EVENTS_LISTENER, (own) => [EVENTS_LISTENER, ...own]);
        }
      }
    }
  }
}

function change(key: string, target: object, added: unknown, add: (own: unknown[]) => unknown[]): void {
  const own = (Reflect.getMetadata(key, target) ?? []) as unknown[];
  if (!own.includes(added)) Reflect.defineMetadata(key, add(own), target);
}

/** Nest finds handlers in the whole chain of prototypes. */
function methodsOf(controller: object): object[] {
  const methods: object[] = [];
  let prototype = (controller as { prototype?: object }).prototype;
  while (prototype !== undefined && prototype !== null && prototype !== Object.prototype) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function') methods.push(value as object);
    }
    prototype = Object.getPrototypeOf(prototype) as object | undefined;
  }
  return methods;
}

import type { EventEmitter } from 'node:events';
import { type Context, context, createContextKey } from '@opentelemetry/api';

/** A request as everything that runs inside its context sees it. */
export interface ActiveRequest {
  /** Tells the request the error that ended its handling; the first one counts. */
  failed(error: unknown): void;
}

type Emit = (this: EventEmitter, event: string | symbol, ...args: unknown[]) => boolean;

// One key for every copy of the library in a process, as for the identity.
const KEY_HOLDER = Symbol.for('onetrace.http.request');
const holder = globalThis as { [KEY_HOLDER]?: symbol };
const REQUEST_KEY = (holder[KEY_HOLDER] ??= createContextKey('onetrace request'));

/** A context that knows whose request it belongs to. */
export function withRequest(ctx: Context, request: ActiveRequest): Context {
  return ctx.setValue(REQUEST_KEY, request);
}

/** The request whose context is active. */
export function activeRequest(): ActiveRequest | undefined {
  return context.active().getValue(REQUEST_KEY) as ActiveRequest | undefined;
}

/**
 * Calls the listeners of an emitter inside a context. Node.js calls those of requests and responses in the context of
 * their connection, so that what reads a body by events, such as an upload, or listens for `close` would lose the trace.
 */
export function emitInContext(emitter: EventEmitter, ctx: Context, before?: (event: string | symbol) => void): void {
  const { emit } = emitter as unknown as { emit: Emit };
  emitter.emit = function (this: EventEmitter, event: string | symbol, ...args: unknown[]): boolean {
    before?.(event);
    return context.active() === ctx ? emit.call(this, event, ...args) : context.with(ctx, emit, this, event, ...args);
  };
}

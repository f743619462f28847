import type { EventEmitter } from 'node:events';
import { type Context, context } from '@opentelemetry/api';
import { getIdentity, type Identity, withIdentity } from '../context/index.js';

/** A request as everything that runs inside its context sees it. */
export interface ActiveRequest {
  /** Tells the request the error that ended its handling; the first one counts. */
  failed(error: unknown): void;
}

type Emit = (this: EventEmitter, event: string | symbol, ...args: unknown[]) => boolean;

// Beside the identity, which every context of the request has at hand and which those below it copy.
const REQUEST = Symbol.for('onetrace.http.request');
type RequestIdentity = Identity & { readonly [REQUEST]?: ActiveRequest };

/** A context that carries an identity and knows whose request it belongs to. */
export function withRequest(ctx: Context, identity: Identity, request: ActiveRequest): Context {
  const known: RequestIdentity = { ...identity, [REQUEST]: request };
  return withIdentity(ctx, known);
}

/** The request whose context is active. */
export function activeRequest(): ActiveRequest | undefined {
  return (getIdentity() as RequestIdentity)[REQUEST];
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

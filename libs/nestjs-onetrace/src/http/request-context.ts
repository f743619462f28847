import type { EventEmitter } from 'node:events';
import { type Context, context } from '@opentelemetry/api';
import { ENCLOSING_WORK, type EnclosingWork, getIdentity, type Identity, withIdentityValue } from '../context/index.js';

/** A request as everything that runs inside its context sees it. */
export interface ActiveRequest extends EnclosingWork {
  /** Tells the request the error that ended its handling; the first one counts. */
  failed(error: unknown): void;
}

type Emit = (this: EventEmitter, event: string | symbol, ...args: unknown[]) => boolean;

// Beside the identity, which every context of the request has at hand and which those below it copy.
const REQUEST = Symbol.for('onetrace.http.request');
type RequestIdentity = Identity & { readonly [REQUEST]?: ActiveRequest; readonly [ENCLOSING_WORK]?: EnclosingWork };

/** A context that carries an identity, which has been admitted already, and knows whose request it belongs to. */
export function withRequest(ctx: Context, identity: Identity, requestId: string, request: ActiveRequest): Context {
  const known: RequestIdentity = { ...identity, requestId, [REQUEST]: request, [ENCLOSING_WORK]: request };
  return withIdentityValue(ctx, known);
}

/** The request whose context is active. */
export function activeRequest(): ActiveRequest | undefined {
  return (getIdentity() as RequestIdentity)[REQUEST];
}

/**
 * Calls the listeners of an emitter inside a context. Node.js calls those of requests and responses in the context of
 * their connection, so that what reads a body by events, such as an upload, or listens for `close` would lose the trace.
 */
export function emitInContext(
  emitter: EventEmitter,
  ctx: Context,
  before?: (event: string | symbol, argument: unknown) => void,
): void {
  const { emit } = emitter as unknown as { emit: Emit };
  const nodesOwn = emitter.listenerCount('finish');
  emitter.emit = function (this: EventEmitter, event: string | symbol, ...args: unknown[]): boolean {
    before?.(event, args[0]);
    // Switching contexts is dear, and most events of most requests have no listener but Node.js's own.
    const heard = emitter.listenerCount(event) > (event === 'finish' ? nodesOwn : 0);
    if (!heard || context.active() === ctx) return emit.call(this, event, ...args);
    return context.with(ctx, () => emit.call(this, event, ...args));
  };
}

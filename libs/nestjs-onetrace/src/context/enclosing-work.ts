import type { Context } from '@opentelemetry/api';
import { getIdentity, type Identity } from './identity.js';
import { withIdentityValue } from './flat-context.js';

/**
 * The piece of work inside of which something happens: an HTTP request that is being served, an attempt of a Temporal activity. Rooms that
 * run such work put it into the context; those that make calls on its behalf ask it whether they are still wanted.
 */
export interface EnclosingWork {
  readonly kind: 'request' | 'activity';
  /**
   * Aborts when nobody wants the result any more. `undefined` once the work is over: what it has left running behind it is not its own any
   * more, and goes on.
   */
  cancellation(): AbortSignal | undefined;
  /** Lets whoever waits for the work know that it goes on, until the returned function is called. */
  stayAlive?(): () => void;
}

/** Beside the identity, which every context of a flow has at hand and which those below it copy. */
export const ENCLOSING_WORK = Symbol.for('onetrace.enclosing-work');
type WorkingIdentity = Identity & { readonly [ENCLOSING_WORK]?: EnclosingWork };

/** The context in which a piece of work runs. */
export function withEnclosingWork(ctx: Context, work: EnclosingWork): Context {
  const known: WorkingIdentity = { ...getIdentity(ctx), [ENCLOSING_WORK]: work };
  return withIdentityValue(ctx, known);
}

/** The innermost piece of work around what runs here; `undefined` where there is none. */
export function enclosingWork(): EnclosingWork | undefined {
  return (getIdentity() as WorkingIdentity)[ENCLOSING_WORK];
}

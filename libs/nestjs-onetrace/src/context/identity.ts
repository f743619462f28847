import { type Context, context } from '@opentelemetry/api';
import { withIdentityValue } from './flat-context.js';
import { admitUserId } from './identifier-hash.js';
import { IDENTITY_KEY } from './identity-key.js';

/**
 * Who asked and what for: what travels beside the trace, and stays separate from the trace ID.
 */
export interface Identity {
  /** The ID the caller may quote besides the trace ID. */
  readonly requestId?: string;
  /** The authenticated caller, as the edge names it. */
  readonly clientId?: string;
  readonly pipelineId?: string;
  readonly tenantId?: string;
  /** Hashed when it comes in (`hmac:...`), unless the application took `user.id` out of `privacy.hash`. */
  readonly userId?: string;
}

const NOBODY: Identity = Object.freeze({});

/** The identity in a context (by default the active one); an empty object where there is none. */
export function getIdentity(ctx: Context = context.active()): Identity {
  return (ctx.getValue(IDENTITY_KEY) as Identity | undefined) ?? NOBODY;
}

/** A context that carries the given identity over what it carried before; the given context stays as it was. */
export function withIdentity(ctx: Context, patch: Identity): Context {
  return withIdentityValue(ctx, { ...getIdentity(ctx), ...admit(patch) });
}

/**
 * Adds to the identity of the work that is under way, for all of it: lines, spans and outgoing calls from here on,
 * the "request completed" line included. Nothing happens outside a request, workflow or activity.
 */
export function identify(patch: Identity): void {
  const identity = context.active().getValue(IDENTITY_KEY);
  if (typeof identity === 'object' && identity !== null) Object.assign(identity, admit(patch));
}

/** Runs a function with the given identity over the active one. */
export function runWithIdentity<T>(patch: Identity, fn: () => T): T {
  return context.with(withIdentity(context.active(), patch), fn);
}

function admit(patch: Identity): Identity {
  if (patch.userId === undefined) return patch;
  const { userId, ...others } = patch;
  // A number, from an application that is not type-checked, must not fail its request.
  const admitted = admitUserId(String(userId));
  return admitted === undefined ? others : { ...others, userId: admitted };
}

import { type Context, context } from '@opentelemetry/api';
import { BAGGAGE_KEYS } from '../semantics/index.js';
import { byDebugRules } from './debugged-flow.js';
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
  /** `debug` writes the debug lines of this flow too, in every process that it goes through, whatever their level. */
  readonly logLevel?: string;
}

const FIELDS = Object.keys(BAGGAGE_KEYS) as (keyof Identity)[];
const NOBODY: Identity = Object.freeze({});

/** The identity in a context (by default the active one); an empty object where there is none. */
export function getIdentity(ctx: Context = context.active()): Identity {
  return (ctx.getValue(IDENTITY_KEY) as Identity | undefined) ?? NOBODY;
}

/** A context that carries the given identity over what it carried before; the given context stays as it was. */
export function withIdentity(ctx: Context, patch: Identity): Context {
  return withIdentityValue(ctx, byDebugRules({ ...getIdentity(ctx), ...admit(patch) }));
}

/**
 * Adds to the identity of the work that is under way, for all of it: lines, spans and outgoing calls from here on,
 * the "request completed" line included. Nothing happens outside a request, workflow or activity.
 */
export function identify(patch: Identity): void {
  const identity = context.active().getValue(IDENTITY_KEY);
  if (typeof identity !== 'object' || identity === null) return;
  Object.assign(identity, admit(patch));
  Object.assign(identity, byDebugRules(identity));
}

/** Runs a function with the given identity over the active one. */
export function runWithIdentity<T>(patch: Identity, fn: () => T): T {
  return context.with(withIdentity(context.active(), patch), fn);
}

/**
 * What of a patch may be carried. It comes from code that is not always type-checked (`request.user.id`), and must neither fail the
 * request nor the calls it makes: numbers become text, `null` takes a field away, what is no text is left out.
 */
function admit(patch: Identity): Identity {
  const admitted: { -readonly [Field in keyof Identity]: string | undefined } = {};
  if (typeof patch !== 'object' || patch === null) return {};
  for (const field of FIELDS) {
    const text = readText(patch, field);
    if (text === undefined) continue;
    if (text === null || text === '') admitted[field] = undefined;
    else if (field !== 'userId') admitted[field] = text;
    else {
      const userId = admitUserId(text);
      if (userId !== undefined) admitted.userId = userId;
    }
  }
  return admitted as Identity;
}

function readText(patch: Identity, field: keyof Identity): string | null | undefined {
  try {
    const value: unknown = patch[field];
    if (typeof value === 'string' || value === null) return value;
    return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
  } catch {
    return undefined;
  }
}

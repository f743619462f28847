import { type Context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { IDENTITY_KEY } from './identity-key.js';

const SPAN_KEY = spanKey();

/**
 * An immutable OpenTelemetry Context whose two values of every request, span and identity, are plain fields: the
 * API's own Context copies a Map for each of them. All other keys live in the context underneath.
 */
class FlatContext implements Context {
  constructor(
    readonly span: unknown,
    readonly identity: unknown,
    readonly rest: Context,
  ) {}

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.span;
    if (key === IDENTITY_KEY) return this.identity;
    return this.rest.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN_KEY) return new SharedFlatContext(value, this.identity, this.rest);
    if (key === IDENTITY_KEY) return new SharedFlatContext(this.span, value, this.rest);
    return new SharedFlatContext(this.span, this.identity, this.rest.setValue(key, value));
  }

  deleteValue(key: symbol): Context {
    if (key === SPAN_KEY || key === IDENTITY_KEY) return this.setValue(key, undefined);
    return new SharedFlatContext(this.span, this.identity, this.rest.deleteValue(key));
  }
}

// One class for every copy of the library in a process: each would wrap the contexts of the other anew at every level.
const CLASS_HOLDER = Symbol.for('onetrace.context.flat-context');
const SharedFlatContext = ((globalThis as { [CLASS_HOLDER]?: typeof FlatContext })[CLASS_HOLDER] ??= FlatContext);

/** The given context with a span in it; as `trace.setSpan`, and cheap. */
export function withSpan(ctx: Context, span: Span): Context {
  const flat = flatten(ctx);
  return new SharedFlatContext(span, flat.identity, flat.rest);
}

/** The given context with another value under the identity's key. */
export function withIdentityValue(ctx: Context, identity: unknown): Context {
  const flat = flatten(ctx);
  return new SharedFlatContext(flat.span, identity, flat.rest);
}

/** The given context with other values under all keys but those of span and identity; cheap where the values come from one context. */
export function withRest(ctx: Context, rest: Context): Context {
  const { span, identity } = flatten(ctx);
  return new SharedFlatContext(span, identity, rest);
}

/** The span in a context; as `trace.getSpan`, and cheap. */
export function spanOf(ctx: Context): Span | undefined {
  return ctx instanceof SharedFlatContext ? ((ctx.span as Span | undefined) ?? undefined) : trace.getSpan(ctx);
}

/** Whether a context holds nothing but a span and an identity, so that no other key needs to be asked for. */
export function holdsOnlyOurs(ctx: Context): boolean {
  return ctx instanceof SharedFlatContext ? ctx.rest === ROOT_CONTEXT : ctx === ROOT_CONTEXT;
}

function flatten(ctx: Context): FlatContext {
  if (ctx instanceof SharedFlatContext) return ctx;
  return new SharedFlatContext(ctx.getValue(SPAN_KEY), ctx.getValue(IDENTITY_KEY), ctx);
}

/** The key is the API's secret; it tells it to whoever is handed a span. */
function spanKey(): symbol {
  let found: symbol | undefined;
  const probe: Context = {
    getValue: () => undefined,
    setValue: (key) => {
      found = key;
      return probe;
    },
    deleteValue: () => probe,
  };
  trace.setSpan(probe, {} as Span);
  return found ?? Symbol('no span key');
}

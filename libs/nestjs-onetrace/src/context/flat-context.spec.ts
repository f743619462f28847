import { describe, expect, it } from '@jest/globals';
import { type Context, context, createContextKey, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { suppressTracing, unsuppressTracing } from '@opentelemetry/core';
import { spanOf, withSpan } from './flat-context.js';
import { getIdentity, withIdentity } from './identity.js';
import { isTracingSuppressed } from './suppressed-tracing.js';

const SPAN = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 });
const OTHER = trace.wrapSpanContext({ traceId: '3'.repeat(32), spanId: '4'.repeat(16), traceFlags: 1 });
const KEY = createContextKey('a key of the application');

/** The same reading by the API and by us, on whatever context. */
function spanIn(ctx: Context): Span | undefined {
  expect(spanOf(ctx)).toBe(trace.getSpan(ctx));
  return trace.getSpan(ctx);
}

describe('a flat context', () => {
  const foreign = trace.setSpan(ROOT_CONTEXT.setValue(KEY, 'kept'), SPAN);

  it.each<[string, Context]>([
    ['on the root context', ROOT_CONTEXT],
    ['on a context of the API', foreign],
    ['on another flat one', withIdentity(withSpan(foreign, SPAN), { clientId: 'a' })],
  ])('shows its span to the API, %s', (_, ctx) => {
    expect(spanIn(withSpan(ctx, OTHER))).toBe(OTHER);
    expect(spanIn(trace.setSpan(withSpan(ctx, SPAN), OTHER))).toBe(OTHER);
    expect(spanIn(trace.deleteSpan(withSpan(ctx, SPAN)))).toBeUndefined();
  });

  it('keeps what the application put into the context, before and after', () => {
    const before = withSpan(foreign, OTHER);
    expect(before.getValue(KEY)).toBe('kept');
    const after = withSpan(before.setValue(KEY, 'changed'), SPAN);
    expect(after.getValue(KEY)).toBe('changed');
    expect(spanIn(after)).toBe(SPAN);
    expect(after.deleteValue(KEY).getValue(KEY)).toBeUndefined();
    expect(spanIn(after.deleteValue(KEY))).toBe(SPAN);
  });

  it('is never changed by what is derived from it', () => {
    const ctx = withSpan(ROOT_CONTEXT, SPAN);
    withSpan(ctx, OTHER);
    ctx.setValue(KEY, 1);
    withIdentity(ctx, { clientId: 'a' });
    trace.deleteSpan(ctx);
    expect(spanIn(ctx)).toBe(SPAN);
    expect(ctx.getValue(KEY)).toBeUndefined();
    expect(getIdentity(ctx)).toEqual({});
  });

  it('carries span and identity beside each other', () => {
    const ctx = withSpan(withIdentity(foreign, { clientId: 'a' }), OTHER);
    expect(getIdentity(withIdentity(ctx, { tenantId: 'b' }))).toEqual({ clientId: 'a', tenantId: 'b' });
    expect(spanIn(withIdentity(ctx, { tenantId: 'b' }))).toBe(OTHER);
  });

  it('knows when OpenTelemetry suppressed tracing', () => {
    const ctx = withSpan(ROOT_CONTEXT, SPAN);
    expect(isTracingSuppressed(context.active())).toBe(false);
    expect(isTracingSuppressed(ctx)).toBe(false);
    expect(isTracingSuppressed(suppressTracing(ctx))).toBe(true);
    expect(isTracingSuppressed(withSpan(suppressTracing(ROOT_CONTEXT), SPAN))).toBe(true);
    expect(isTracingSuppressed(unsuppressTracing(suppressTracing(ctx)))).toBe(false);
  });
});

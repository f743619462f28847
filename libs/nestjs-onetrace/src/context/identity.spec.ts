import { describe, expect, it } from '@jest/globals';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { getIdentity, type Identity, runWithIdentity, withIdentity } from './identity.js';
import { injectTrace } from './trace-carrier.js';

const SPAN_CONTEXT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const hostile = {
  get tenantId(): string {
    throw new Error('no tenant today');
  },
};

/** What goes out with a call that is made after code that is not type-checked has said who asked. */
function sentAfter(patch: unknown): Record<string, string> {
  const before = withIdentity(trace.setSpanContext(ROOT_CONTEXT, SPAN_CONTEXT), { clientId: 'dept-a' });
  const carrier: Record<string, string> = {};
  injectTrace(withIdentity(before, patch as Identity), carrier);
  return carrier;
}

describe('an identity', () => {
  it.each<[unknown, string | undefined]>([
    [{ tenantId: 't-1' }, 'client_id=dept-a,tenant_id=t-1'],
    [{ tenantId: 7 }, 'client_id=dept-a,tenant_id=7'],
    [{ tenantId: 7n }, 'client_id=dept-a,tenant_id=7'],
    [{ tenantId: ['t'] }, 'client_id=dept-a'],
    [{ tenantId: {} }, 'client_id=dept-a'],
    [{ tenantId: Symbol('t') }, 'client_id=dept-a'],
    [{ tenantId: undefined }, 'client_id=dept-a'],
    [{ clientId: null }, undefined],
    [{ clientId: '' }, undefined],
    [{ other: 'x' }, 'client_id=dept-a'],
    [JSON.parse('{"__proto__":{"userId":"RAW"}}'), 'client_id=dept-a'],
    [null, 'client_id=dept-a'],
    [undefined, 'client_id=dept-a'],
    ['dept-b', 'client_id=dept-a'],
  ])('of %p fails nothing, and never costs a call its trace', (patch, baggage) => {
    expect(sentAfter(patch)).toEqual({
      traceparent: expect.stringContaining(SPAN_CONTEXT.traceId),
      ...(baggage === undefined ? {} : { baggage }),
    });
  });

  it('that cannot be read costs no call its trace', () => {
    expect(sentAfter(hostile)).toMatchObject({ baggage: 'client_id=dept-a' });
  });

  it('that cannot be read does not keep the work from running', () => {
    expect(runWithIdentity(hostile, () => 'done')).toBe('done');
    expect(getIdentity(ROOT_CONTEXT)).toEqual({});
  });
});

import { describe, expect, it } from '@jest/globals';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { getIdentity, withIdentity } from './identity.js';
import { currentTraceId, extractTrace, injectTrace } from './trace-carrier.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-00`;

describe('what travels between two services', () => {
  it('comes out as it went in: unsampled trace, tracestate and identity', () => {
    const there = withIdentity(extractTrace({ traceparent: TRACEPARENT, tracestate: 'rojo=1,congo=2' }), {
      clientId: 'dept-a, "quoted"; é',
      pipelineId: 'text-embedding',
    });
    const carrier: Record<string, string> = {};
    injectTrace(there, carrier);
    expect(carrier).toMatchObject({ traceparent: TRACEPARENT, tracestate: 'rojo=1,congo=2' });

    const here = extractTrace(carrier);
    expect(currentTraceId(here)).toBe(TRACE);
    expect(trace.getSpanContext(here)?.isRemote).toBe(true);
    expect(getIdentity(here)).toEqual({ clientId: 'dept-a, "quoted"; é', pipelineId: 'text-embedding' });
  });

  it('writes nothing where there is no trace and no identity', () => {
    const carrier: Record<string, string> = {};
    injectTrace(ROOT_CONTEXT, carrier);
    expect(carrier).toEqual({});
  });

  it('keeps baggage at home when asked to', () => {
    const carrier: Record<string, string> = {};
    injectTrace(withIdentity(ROOT_CONTEXT, { clientId: 'dept-a' }), carrier, { baggage: false });
    expect(carrier).toEqual({});
  });

  it.each([
    { baggage: 'client_id=%E0%A4%A' },
    { baggage: 'client_id' },
    { baggage: 'client_id=line%0Abreak' },
    { baggage: `client_id=${'x'.repeat(9000)}` },
    { baggage: 'other=1' },
    { baggage: 7 },
    { traceparent: ['a', 'b'] },
    { traceparent: 'garbage', tracestate: 'rojo=1' },
  ])('ignores what is malformed: %j', (carrier) => {
    expect(extractTrace(carrier)).toBe(ROOT_CONTEXT);
  });
});

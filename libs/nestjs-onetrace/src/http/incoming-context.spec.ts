import { describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { getIdentity } from '../context/index.js';
import { readIncoming } from './incoming-context.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const headers = {
  traceparent: `00-${TRACE}-${SPAN}-01`,
  tracestate: 'rojo=1',
  baggage: 'client_id=from-baggage,request_id=from-baggage-1,user_id=hmac:00000000000000000000000000000000,tenant_id=t',
  'x-request-id': 'request-1',
  'x-client-id': 'dept-a',
};

describe('the headers of a trusted peer', () => {
  it('are believed; X headers win over baggage', () => {
    const incoming = readIncoming(headers, true);
    expect(incoming.remote).toMatchObject({ traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
    expect(incoming.remote?.traceState?.serialize()).toBe('rojo=1');
    expect(incoming.identity).toEqual({
      requestId: 'request-1',
      clientId: 'dept-a',
      tenantId: 't',
      userId: 'hmac:00000000000000000000000000000000',
    });
    expect(getIdentity(incoming.parent)).toEqual(incoming.identity);
    expect(trace.getSpanContext(incoming.parent)).toBe(incoming.remote);
  });

  it('may name the request in baggage alone', () => {
    const { baggage } = headers;
    expect(readIncoming({ baggage }, true).identity).toMatchObject({
      requestId: 'from-baggage-1',
      clientId: 'from-baggage',
    });
  });

  it.each(['short', 'with space', 'x'.repeat(65), 'request-1, request-2', 'né-12345678'])(
    'do not name the request %p',
    (requestId) => {
      expect(readIncoming({ ...headers, 'x-request-id': requestId }, true).identity.requestId).toBeUndefined();
      const baggage = `request_id=${encodeURIComponent(requestId)}`;
      expect(readIncoming({ baggage }, true).identity.requestId).toBeUndefined();
    },
  );

  it.each(['', 'a b', 'dept-a, dept-b', 'x'.repeat(129), 'é'])('do not name the client %p', (clientId) => {
    expect(readIncoming({ 'x-client-id': clientId }, true).identity.clientId).toBeUndefined();
  });

  it.each<[Record<string, string>, string | undefined]>([
    [{ traceparent: `${headers.traceparent}, ${headers.traceparent}` }, undefined],
    [{ tracestate: 'broken' }, TRACE],
    [{ traceparent: 'broken' }, undefined],
  ])('with %j give trace %p, and tracestate only with it', (changed, traceId) => {
    const { remote } = readIncoming({ ...headers, ...changed }, true);
    expect(remote?.traceId).toBe(traceId);
    if ('tracestate' in changed) expect(remote?.traceState?.serialize()).toBe('');
  });
});

describe('the headers of an untrusted peer', () => {
  it('give a link to its trace and nothing else', () => {
    const incoming = readIncoming(headers, false);
    expect(incoming.remote).toBeUndefined();
    expect(incoming.identity).toEqual({});
    expect(getIdentity(incoming.parent)).toEqual({});
    expect(trace.getSpanContext(incoming.parent)).toBeUndefined();
    expect(incoming.links).toEqual([{ context: { traceId: TRACE, spanId: SPAN, traceFlags: 0, isRemote: true } }]);
  });

  it('give no link where they name no valid trace', () => {
    expect(readIncoming({ ...headers, traceparent: 'garbage' }, false)).toMatchObject({
      foreign: undefined,
      links: [],
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { passable, withNexusTrace } from './tracer-data.js';

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

describe('what came with a workflow and goes on to others', () => {
  it.each(['a=\ud800', 'a=1\r\nhost: other', 'a=\u0000', 'a=é', 'a=\u007f'])(
    'is no text that a header cannot hold: %j',
    (text) => {
      expect(passable(text)).toBeUndefined();
      expect(passable(`client_id=c, ${text} ,tenant_id=t;p="1"`)).toBe('client_id=c,tenant_id=t;p="1"');
    },
  );

  it('is everything else, as it came', () => {
    const text = 'client_id=%C3%A9 ;p,\tb="x, y",';
    expect(passable(text)).toBe(text);
    expect(passable(undefined)).toBeUndefined();
  });
});

describe('the trace in the headers of a Nexus operation', () => {
  const carrier = { traceparent, tracestate: 'a=1', baggage: 'client_id=c' };

  it('stands beside those of the user', () => {
    expect(withNexusTrace({ mine: 'x' }, carrier)).toEqual({ mine: 'x', ...carrier });
    expect(withNexusTrace(undefined, carrier)).toEqual(carrier);
  });

  it('leaves out what is more than a server takes, the trace itself last', () => {
    const long = (spare: number) => 'v'.repeat(4096 - '{"traceparent":"","baggage":""}'.length - 55 - spare);
    expect(withNexusTrace({}, { ...carrier, baggage: long(0) })).toEqual({ traceparent, baggage: long(0) });
    expect(withNexusTrace({}, { ...carrier, baggage: long(-1) })).toEqual({ traceparent, tracestate: 'a=1' });
    expect(withNexusTrace({}, { ...carrier, tracestate: long(0) })).toEqual({ traceparent, baggage: 'client_id=c' });
    const mine = 'é'.repeat(2000);
    expect(withNexusTrace({ mine }, carrier)).toEqual({ mine, traceparent });
    const most = 'é'.repeat(2040);
    expect(withNexusTrace({ mine: most }, carrier)).toEqual({ mine: most });
  });
});

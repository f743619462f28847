import { describe, expect, it } from '@jest/globals';
import { formatBaggage, parseBaggage } from './baggage.js';

const filler = (count: number) => Array.from({ length: count }, (_, index) => `other${index}=1`).join(',');

describe('baggage', () => {
  it.each<[unknown, object]>([
    ['client_id=dept-a,pipeline_id=p', { clientId: 'dept-a', pipelineId: 'p' }],
    [['client_id=dept-a', 'pipeline_id=p'], { clientId: 'dept-a', pipelineId: 'p' }],
    ['\tclient_id \t=\t dept-a \t; property ; a=b', { clientId: 'dept-a' }],
    ['client_id=a=b=c', { clientId: 'a=b=c' }],
    ['client_id=%C3%A9%20%22x%22%2C', { clientId: 'é "x",' }],
    ['client_id=caf%E9', { clientId: 'caf\ufffd' }],
    ['client_id=%25', { clientId: '%' }],
    ['client_id=1,client_id=2', { clientId: '2' }],
    ['unknown=1,client_id=a', { clientId: 'a' }],
    ['__proto__=1,constructor=2', {}],
    ['client_id=a,,garbage,=x,tenant_id=t', { clientId: 'a', tenantId: 't' }],
    [`${filler(63)},client_id=a`, { clientId: 'a' }],
    [`${filler(64)},client_id=a`, {}],
    [`client_id=a,other=${'x'.repeat(9000)},tenant_id=t`, { clientId: 'a' }],
  ])('reads %j', (value, expected) => expect(parseBaggage(value)).toEqual(expected));

  it.each([
    'client_id=%E0%A4%A',
    'client_id=%',
    'client_id=%zz',
    'client_id=a b',
    'client_id="a"',
    'client_id=a\\b',
    'client_id=é',
    'client_id=line%0Abreak',
    'client_id=',
    'client_id',
    'CLIENT_ID=a',
    `client_id=${'x'.repeat(257)}`,
    7,
    [{ toString: 0 }],
    undefined,
  ])('skips what is malformed: %j', (value) => expect(parseBaggage(value)).toEqual({}));

  it('reads back what it writes, and writes nothing that it would not read', () => {
    const identity = { requestId: 'r-1', clientId: 'dept-a, "quoted"; é\\', tenantId: '東京%', userId: 'hmac:00' };
    expect(parseBaggage(formatBaggage(identity))).toEqual(identity);
    expect(formatBaggage({ clientId: 'line\nbreak', tenantId: '', pipelineId: 'x'.repeat(257) })).toBeUndefined();
  });

  it('writes at most 8192 bytes, leaving out what does not fit', () => {
    const long = '東'.repeat(256);
    const text = formatBaggage({ requestId: 'r-1', clientId: long, pipelineId: long, tenantId: long, userId: long });
    expect(text?.length).toBeLessThanOrEqual(8192);
    expect(parseBaggage(text)).toEqual({ requestId: 'r-1', clientId: long, pipelineId: long, tenantId: long });
  });
});

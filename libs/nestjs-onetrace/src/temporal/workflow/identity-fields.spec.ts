import { describe, expect, it } from '@jest/globals';
import { formatBaggage } from '../../context/index.js';
import { identityFields, readIdentity, withoutRawUserIds } from './identity-fields.js';

const HASHED = `hmac:${'0123456789abcdef'.repeat(2)}`;

describe('the identity that came with a workflow', () => {
  it('is what the context room writes', () => {
    const identity = {
      requestId: 'r',
      clientId: 'dept-a, "é"',
      pipelineId: 'p=1',
      tenantId: 't',
      logLevel: 'debug',
    };
    expect(readIdentity(formatBaggage(identity))).toEqual(identity);
  });

  it('has the fields of a line and the level asked for, the request ID not among them', () => {
    expect(
      identityFields({
        requestId: 'r',
        clientId: 'c',
        pipelineId: 'p',
        tenantId: 't',
        userId: HASHED,
        logLevel: 'debug',
      }),
    ).toEqual({ client_id: 'c', pipeline_id: 'p', tenant_id: 't', user_id: HASHED, onetrace_log_level: 'debug' });
  });

  it.each([
    undefined,
    '',
    'client_id',
    'client_id=',
    'client_id=%E0%A4%A',
    'other=1',
    `client_id=${'x'.repeat(300)}`,
    '=,;=',
  ])('skips what is malformed or not ours: %p', (baggage) => {
    expect(readIdentity(baggage)).toEqual({});
  });
});

describe('user IDs that are not hashed', () => {
  it.each([
    [undefined, undefined],
    ['client_id=a,theirs=b;p=1', 'client_id=a,theirs=b;p=1'],
    [`user_id=${HASHED},client_id=a`, `user_id=${HASHED},client_id=a`],
    [`user_id=${encodeURIComponent(HASHED)}`, `user_id=${encodeURIComponent(HASHED)}`],
    ['client_id=a, user_id = ada@example.org ;p=1,tenant_id=t', 'client_id=a,tenant_id=t'],
    ['user_id=ada', undefined],
    ['user_id=%E0%A4%A', undefined],
    [`user_id=${HASHED},user_id=ada`, `user_id=${HASHED}`],
    [`user_id=${HASHED}%0Aada`, undefined],
  ])('are taken out of the baggage, and nothing else: %p', (sent, carried) => {
    expect(withoutRawUserIds(sent)).toBe(carried);
  });
});

import { expect, it } from '@jest/globals';
import { formatBaggage } from '../../context/index.js';
import { identityFields } from './identity-fields.js';

it('reads what the context room writes', () => {
  const baggage = formatBaggage({
    requestId: 'r',
    clientId: 'dept-a, "é"',
    pipelineId: 'p=1',
    tenantId: 't',
    userId: 'u',
  });
  expect(identityFields(baggage)).toEqual({
    client_id: 'dept-a, "é"',
    pipeline_id: 'p=1',
    tenant_id: 't',
    user_id: 'u',
  });
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
  expect(identityFields(baggage)).toEqual({});
});

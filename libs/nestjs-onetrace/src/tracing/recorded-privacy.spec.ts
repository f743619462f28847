import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configureIdentifierHash, hashIdentifier } from '../context/index.js';
import { recordedValue } from './recorded-value.js';
import { configureRedaction } from './redaction/index.js';

const KEY = 'a key of a good length';
const lists = {
  hash: ['user.id'],
  drop: ['patient.id', 'shoeSize'],
  redact: [/^medical\./, 'iban'],
  keep: ['design_token'],
  paths: [],
};

beforeAll(() => {
  configureIdentifierHash({ hashKey: KEY, hash: lists.hash });
  configureRedaction([lists]);
});
afterAll(() => {
  configureIdentifierHash({ hashKey: undefined, hash: ['user.id'] });
  configureRedaction([]);
});

describe('what the lists of privacy name, in a recorded value', () => {
  const hash = (): string => hashIdentifier('u-1') ?? '';
  it.each<[string, unknown, () => unknown]>([
    ['by its key', { 'user.id': 'u-1', iban: 'DE1' }, () => ({ 'user.id': hash(), iban: '[redacted]' })],
    ['in camel case', { userId: 'u-1', patientId: 7 }, () => ({ userId: hash(), patientId: '[redacted]' })],
    ['in snake case', { user_id: 'u-1', patient_id: 7 }, () => ({ user_id: hash(), patient_id: '[redacted]' })],
    [
      'by the object that it is in',
      { user: { id: 'u-1', name: 'n' }, patient: { id: { mrn: 7 } } },
      () => ({ user: { id: hash(), name: 'n' }, patient: { id: '[redacted]' } }),
    ],
    [
      'by the object that says itself how it is written',
      { user: { toJSON: () => ({ id: 'u-1' }) } },
      () => ({ user: { id: hash() } }),
    ],
    ['by a pattern', { medical: { blood: 'A' } }, () => ({ medical: { blood: '[redacted]' } })],
    ['in a map', new Map([['userId', 'u-1']]), () => ({ userId: hash() })],
    ['a hash already', { userId: `hmac:${'0'.repeat(32)}` }, () => ({ userId: `hmac:${'0'.repeat(32)}` })],
    ['what nobody named', { orderId: 1, id: 2, shoe_size: 3 }, () => ({ orderId: 1, id: 2, shoe_size: 3 })],
    ['what is kept', { design_token: 'blue' }, () => ({ design_token: 'blue' })],
  ])('%s', (_how, value, expected) => expect(JSON.parse(recordedValue(value))).toEqual(expected()));

  it('by the name of a parameter', () => {
    expect(recordedValue('u-1', 'userId')).toBe(hash());
    expect(recordedValue({ id: 'u-1' }, 'user')).toBe(JSON.stringify({ id: hash() }));
    expect(recordedValue(7, 'patientId')).toBe('[redacted]');
    expect(recordedValue('p', 'password')).toBe('[redacted]');
    expect(recordedValue(undefined, 'password')).toBe('undefined');
  });

  it('is redacted where there is no key to hash with', () => {
    configureIdentifierHash({ hashKey: undefined, hash: lists.hash });
    expect(recordedValue({ userId: 'u-1' })).toBe('{"userId":"[redacted]"}');
    configureIdentifierHash({ hashKey: KEY, hash: lists.hash });
  });
});

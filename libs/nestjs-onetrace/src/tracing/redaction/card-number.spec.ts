import { describe, expect, it } from '@jest/globals';
import { isCardNumber, redactCardNumbers } from './card-number.js';

/** Published for testing by the schemes and by payment providers. */
const CARDS = [
  '4111111111111111',
  '4222222222222',
  '4012888888881881',
  '5555555555554444',
  '5105105105105100',
  '2223003122003222',
  '378282246310005',
  '371449635398431',
  '6011111111111117',
  '30569309025904',
  '38520000023237',
  '3530111333300000',
  '6200000000000005',
  '6759649826438453',
  '6304000000000000',
];

describe('numbers of payment cards', () => {
  it.each(CARDS)('%s is one, in every writing', (card) => {
    expect(isCardNumber(card)).toBe(true);
    const groups = card.match(/.{1,4}/g) ?? [];
    for (const written of [card, groups.join(' '), groups.join('-'), [...card].join(' ')]) {
      for (const text of [
        written,
        `paid with ${written}, thanks`,
        `card:${written}.`,
        `(${written})`,
        `order 12 ${written}`,
      ]) {
        expect(redactCardNumbers(text)).toBe(text.replace(written, '[redacted]'));
      }
    }
  });

  it('are found one after the other, and whole before their first digits', () => {
    expect(redactCardNumbers('4111 1111 1111 1111 5555 5555 5555 4444')).toBe('[redacted] [redacted]');
    expect(redactCardNumbers('4111111111111111 and 378282246310005')).toBe('[redacted] and [redacted]');
    expect(redactCardNumbers('card-4111111111111111')).toBe('card-[redacted]');
  });

  it.each([
    ['a number with a wrong check digit', '4111111111111112'],
    ['a trace ID', '0af7651916cd43dd8448eb211c80319c'],
    ['a trace ID of nothing but digits', '41111111111111114111111111111111'],
    ['a time in milliseconds', '1763714400007'],
    ['a time in nanoseconds', '1763714400000000003'],
    ['a UUID', '550e8400-e29b-41d4-a716-446655440000'],
    ['a UUID of nothing but digits', '41111111-1111-4111-8111-411111111111'],
    ['a snowflake', '175928847299117063'],
    ['a telephone number', '+4915112345678'],
    ['an ISO time', '2026-11-21T08:30:18.000Z 2026-11-21 08 30 18'],
    ['a fraction', '0.4111111111111111'],
    ['hexadecimal digits', 'a4111111111111111'],
    ['zeros', '0000000000000000'],
    ['an IPv4 list', '192.168.100.200 192.168.100.201'],
  ])('leave %s alone', (_what, text) => expect(redactCardNumbers(text)).toBe(text));
});

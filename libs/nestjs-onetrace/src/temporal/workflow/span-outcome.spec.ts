import { expect, it } from '@jest/globals';
import { outcomeOf } from './span-outcome.js';

const odd = [() => 1, Symbol('odd'), { toString: () => 'odd' }, null, undefined, 5];

it.each(['name', 'stack', 'message', 'type', 'cause'])(
  'leaves the isolate whatever an error has as its %s',
  (member) => {
    for (const value of odd) {
      const error = Object.defineProperty(new Error('failed'), member, { value });
      expect(() => structuredClone(outcomeOf(error))).not.toThrow();
    }
  },
);

it('is that of an error where its name is none', () => {
  const error = Object.defineProperty(new Error('failed'), 'name', { value: () => 1 });
  expect(outcomeOf(error)).toMatchObject({ error: { name: 'Error', message: 'failed' } });
});

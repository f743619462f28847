import { describe, expect, it } from '@jest/globals';
import { deriveSpanId, deriveTraceId } from './derived-ids.js';
import { murmurHash128 } from './murmur-hash.js';

const RUN = { workflowId: 'embed-7f3a', originalRunId: '01a1fca2-eb57-7649-9b93-b962f23dc4ae' };
const STEP = { kind: 'activity', key: 1, branch: '1.2.3' };

describe('MurmurHash3 x86_128', () => {
  // From the reference implementation (mmh3).
  it.each([
    ['', '00000000000000000000000000000000'],
    ['a', 'a794933c5556b01b5556b01b5556b01b'],
    ['hello, world', '8b21605cb9b98a1e93273a83eb5957c7'],
    ['0123456789abcdef', 'fb7d440936aed30a48ad1d9b572b3bfd'],
    ['The quick brown fox jumps over the lazy dog', '2f1583c3ecee2c675d7bf66ce5e91d2c'],
    ['é – ü', '27cca0b9f9c58513d4cf63c2e1a28e25'],
  ])('of %p', (text, hash) => {
    expect(murmurHash128(text)).toBe(hash);
  });
});

describe('derived IDs', () => {
  it('never change: running workflows outlive versions of this library', () => {
    expect(deriveSpanId(RUN, STEP)).toBe('5a1d24769fd9c80b');
    expect(deriveTraceId(RUN)).toBe('6ea35dc1fe81c87e46cb8901e9031d63');
  });

  it.each([
    ['workflow', { ...RUN, workflowId: 'embed-7f3b' }, STEP],
    ['run', { ...RUN, originalRunId: '01a1fca2-eb57-7649-9b93-b962f23dc4af' }, STEP],
    ['kind', RUN, { ...STEP, kind: 'child' }],
    ['sequence', RUN, { ...STEP, key: 2 }],
    ['update named like a sequence', RUN, { ...STEP, key: '1' }],
    ['branch after a reset', RUN, { ...STEP, branch: '1.2.4' }],
  ])('differ by %s', (_what, run, step) => {
    expect(deriveSpanId(run, step)).not.toBe(deriveSpanId(RUN, STEP));
  });

  it('are valid and do not collide over many steps', () => {
    const ids = new Set<string>();
    for (let key = 0; key < 100_000; key += 1) ids.add(deriveSpanId(RUN, { ...STEP, key }));
    expect(ids.size).toBe(100_000);
    for (const id of [...ids].slice(0, 100)) expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(deriveTraceId(RUN)).toMatch(/^[0-9a-f]{32}$/);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { configureIdentifierHash, hashIdentifier } from './identifier-hash.js';
import { getIdentity, withIdentity } from './identity.js';
import { setNoticeSink } from './notice.js';
import { extractTrace, injectTrace } from './trace-carrier.js';

const KEY = 'a key of sixteen or more';
const notices: string[] = [];
const carriedUser = (userId: string) => getIdentity(withIdentity(ROOT_CONTEXT, { clientId: 'a', userId })).userId;

describe('a user ID', () => {
  beforeEach(() => {
    setNoticeSink((message) => void notices.push(message));
    configureIdentifierHash({ hashKey: KEY, hash: ['user.id'] });
  });
  afterEach(() => configureIdentifierHash({ hashKey: undefined, hash: ['user.id'] }));

  it('is hashed at the door, in a form by which it is known', () => {
    expect(carriedUser('ada')).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(carriedUser('ada')).toBe(hashIdentifier('ada'));
    expect(carriedUser('ada')).not.toBe(carriedUser('bob'));
  });

  it('is the same text at every hop: never hashed twice', () => {
    const first = carriedUser('ada') ?? '';
    expect(carriedUser(first)).toBe(first);
    const carrier: Record<string, string> = {};
    injectTrace(withIdentity(ROOT_CONTEXT, { userId: 'ada' }), carrier);
    expect(carrier['baggage']).not.toContain('ada');
    expect(getIdentity(extractTrace(carrier)).userId).toBe(first);
  });

  it('that a peer sends raw is hashed too', () => {
    expect(getIdentity(extractTrace({ baggage: 'user_id=ada' })).userId).toBe(hashIdentifier('ada'));
  });

  it('has another hash under another key', () => {
    const first = carriedUser('ada');
    configureIdentifierHash({ hashKey: `${KEY}!`, hash: ['user.id'] });
    expect(carriedUser('ada')).not.toBe(first);
  });

  it('is dropped without a key, and one notice says how to mend it', () => {
    configureIdentifierHash({ hashKey: undefined, hash: ['user.id'] });
    expect(getIdentity(withIdentity(ROOT_CONTEXT, { clientId: 'a', userId: 'ada' }))).toEqual({ clientId: 'a' });
    expect(carriedUser('bob')).toBeUndefined();
    expect(notices).toEqual([
      'user.id was left out, and so is all else that is to be hashed, because no hash key is set; set `privacy.hashKey` or ONETRACE_HASH_KEY',
    ]);
  });

  it('stays as it is where the application took user.id out of the list', () => {
    configureIdentifierHash({ hashKey: undefined, hash: [] });
    expect(carriedUser('ada')).toBe('ada');
  });

  it.each([{ drop: ['user.id'] }, { redact: ['user.id'] }, { redact: [/^user/g] }])(
    'is not carried at all where spans must not have it either: %j',
    (rule) => {
      configureIdentifierHash({ hashKey: KEY, hash: [], ...rule });
      expect(getIdentity(withIdentity(ROOT_CONTEXT, { clientId: 'a', userId: 'ada' }))).toEqual({ clientId: 'a' });
      expect(getIdentity(extractTrace({ baggage: 'user_id=ada' })).userId).toBeUndefined();
    },
  );

  it('that is a number fails nothing', () => {
    expect(carriedUser(42 as unknown as string)).toBe(hashIdentifier('42'));
  });

  it('of nobody has no hash: the anonymous are not one person', () => {
    expect([null, undefined, ''].map((nobody) => hashIdentifier(nobody))).toEqual([undefined, undefined, undefined]);
    expect(carriedUser(null as unknown as string)).toBeUndefined();
    expect(carriedUser('')).toBeUndefined();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AttributeValue, diag } from '@opentelemetry/api';
import { configureIdentifierHash } from '../../context/index.js';
import { endedSpan } from '../ended-span.fixture.js';
import { detectedResource, knownResource } from '../export/opentelemetry.js';
import { configureRedaction, redactionRules } from '../redaction/index.js';
import { SpanPrivacy } from './span-privacy.js';

const HASH = expect.stringMatching(/^hmac:[0-9a-f]{32}$/);
const settings = {
  hash: ['user.id', 'user.ids', 'both'],
  drop: ['patient.id', 'both'],
  redact: ['db.query.text', /card/gi],
  keep: ['design.token'],
  paths: [],
};
const privacy = new SpanPrivacy();

beforeAll(() => {
  configureIdentifierHash({ hashKey: 'a key of a good length', hash: ['user.id'] });
  configureRedaction([settings]);
});
afterAll(() => {
  configureIdentifierHash({ hashKey: undefined, hash: ['user.id'] });
  configureRedaction([]);
});

describe('texts that were clean before', () => {
  const cleaned = (key: string, value: string): unknown => privacy.cleanAttributes({ [key]: value })[key];

  it('are redacted as soon as the rules say so', () => {
    const note = 'pin_code=1234';
    expect([1, 2, 3].map(() => [cleaned('room', 'a-1'), cleaned('note', note)])).toEqual(Array(3).fill(['a-1', note]));
    configureRedaction([{ ...settings, redact: ['room', 'pin_code'] }]);
    expect([cleaned('room', 'a-1'), cleaned('note', note)]).toEqual(['[redacted]', 'pin_code=[redacted]']);
    configureRedaction([settings]);
    expect([cleaned('room', 'a-1'), cleaned('note', note)]).toEqual(['a-1', note]);
  });

  it('say nothing of the same text under another key, nor of another under the same', () => {
    expect(cleaned('note', 'x')).toBe('x');
    expect(cleaned('note', 'password=x')).toBe('password=[redacted]');
    expect(cleaned('db.password', 'x')).toBe('[redacted]');
    expect(cleaned('note', 'x')).toBe('x');
  });

  it('are those of the last keys only, however many there are', () => {
    for (let index = 0; index < 3000; index += 1) expect(cleaned(`key ${index}`, 'x')).toBe('x');
    expect(cleaned('key 0', 'password=x')).toBe('password=[redacted]');
  });
});

describe('privacy before export', () => {
  it.each<[string, AttributeValue, unknown]>([
    ['user.id', 'u-1', HASH],
    ['user.id', 17, HASH],
    ['user.ids', ['u-1', 'u-2'], [HASH, HASH]],
    ['user.id', `hmac:${'0'.repeat(32)}`, `hmac:${'0'.repeat(32)}`],
    ['User.Id', 'u-1', 'u-1'],
    ['patient.id', 'p-1', undefined],
    ['both', 'x', undefined],
    ['db.query.text', 'select 1', '[redacted]'],
    ['db.query.text.length', 8, 8],
    ['payment.Card.number', ['1', '2'], '[redacted]'],
    ['http.request.header.authorization', ['Bearer x'], '[redacted]'],
    ['db.password', 'x', '[redacted]'],
    ['apiKey', 'x', '[redacted]'],
    ['access_token', 'x', '[redacted]'],
    ['design.token', 'blue-500', 'blue-500'],
    ['note', 'password=hunter2', 'password=[redacted]'],
    ['notes', ['as is', 'Bearer abc.def'], ['as is', 'Bearer [redacted]']],
    ['exception.message', 'refused https://u:p@host/?sig=x', 'refused https://[redacted]@host/?sig=[redacted]'],
    ['gen_ai.usage.input_tokens', 12, 12],
    ['gen_ai.request.max_tokens', 12, 12],
    ['http.route', '/users/:id', '/users/:id'],
  ])('%s: %j becomes %j wherever it stands', (key, value, expected) => {
    const attributes = { [key]: value, kept: true };
    const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    const cleaned = privacy.clean(
      endedSpan({
        attributes,
        events: [{ name: 'event', time: [1, 0], attributes }],
        links: [{ context, attributes }],
        resource: knownResource(attributes),
      }),
    );
    const outcome = expected === undefined ? { kept: true } : { [key]: expected, kept: true };
    expect(cleaned.attributes).toEqual(outcome);
    expect(cleaned.events).toEqual([{ name: 'event', time: [1, 0], attributes: outcome }]);
    expect(cleaned.links).toEqual([{ context, attributes: outcome }]);
    expect(cleaned.resource.attributes).toEqual(outcome);
    // What the application holds is not changed under its hands.
    expect(attributes[key]).toBe(value);
  });

  it('hands a span on as it is when no rule applies', () => {
    const span = endedSpan({ attributes: { 'http.route': '/' }, events: [{ name: 'event', time: [1, 0] }] });
    expect(privacy.clean(span)).toBe(span);
  });

  it('gives the same resource for the same resource, so that spans stay grouped', () => {
    const resource = knownResource({ 'user.id': 'u-1' });
    expect(privacy.clean(endedSpan({ resource })).resource).toBe(privacy.clean(endedSpan({ resource })).resource);
  });

  it('does not read a resource that is still being filled, which prints an error', () => {
    const late = new Promise<string>(() => undefined);
    const resource = detectedResource([{ detect: () => ({ attributes: { 'user.id': 'u-1', 'host.id': late } }) }]);
    const errors: string[] = [];
    const say = (message: string): void => void errors.push(message);
    diag.setLogger({ error: say, warn: say, info: say, debug: say, verbose: say });
    errors.length = 0;
    const cleaned = privacy.clean(endedSpan({ resource, attributes: { 'patient.id': 'p-1' } }));
    diag.disable();
    expect(cleaned.attributes).toEqual({});
    expect(errors).toEqual([]);
  });

  it('decides every key by itself, however often a global pattern is used', () => {
    const rules = redactionRules();
    expect(['card', 'xcard', 'card2', 'card3'].map((key) => rules.of(key))).toEqual(Array(4).fill('redact'));
  });

  it('drops what should be hashed when there is no key', () => {
    configureIdentifierHash({ hashKey: undefined, hash: ['user.id'] });
    expect(
      privacy.clean(endedSpan({ attributes: { 'user.id': 'u-1', 'user.ids': ['u-1'], kept: 1 } })).attributes,
    ).toEqual({
      kept: 1,
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import fc from 'fast-check';
import {
  extractTrace,
  formatBaggage,
  getIdentity,
  type Identity,
  injectTrace,
  parseBaggage,
  withIdentity,
} from '../../libs/nestjs-onetrace/src/context/index.ts';
import { BAGGAGE_KEYS } from '../../libs/nestjs-onetrace/src/semantics/index.ts';
import { fuzzParameters } from './fuzz-parameters.ts';
import { disagreements, nearly } from './mutation.arbitrary.ts';

const parameters = fuzzParameters(2000);
const FIELDS = Object.entries(BAGGAGE_KEYS) as [keyof Identity, string][];
const CONTROL = /\p{Cc}/u;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E */
const OCTETS = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index)).filter(
  (character) => !'",;\\'.includes(character),
);

// Short of any lone surrogate, which no header can carry.
const carried = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => !CONTROL.test(text) && text.isWellFormed());
const identity: fc.Arbitrary<Identity> = fc.record(
  { requestId: carried, clientId: carried, pipelineId: carried, tenantId: carried },
  { requiredKeys: [] },
);

const whitespace = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 2 });
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...FIELDS.map(([, name]) => name)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
const value = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...OCTETS) },
      { weight: 2, arbitrary: fc.nat(255).map((octet) => `%${octet.toString(16).padStart(2, '0')}`) },
      { weight: 1, arbitrary: carried.map(encodeURIComponent) },
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const properties = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(';p', ' ; p = q;r') },
);
const member = fc
  .tuple(whitespace, key, whitespace, fc.constant('='), whitespace, value, whitespace, properties)
  .map((parts) => parts.join(''));
const list = fc.array(member, { maxLength: 70 }).map((members) => members.join(','));

/** The grammar of the recommendation for the members that are ours; percent-decoding as it asks, octet by octet. */
function byTheGrammar(text: string): Identity {
  const read: Record<string, string> = {};
  let end = -1;
  for (const item of text.split(',').slice(0, 64)) {
    end += item.length + 1;
    if (end > 8192) break;
    const [pair = ''] = item.split(';');
    const match = /^[ \t]*([^ \t=]+)[ \t]*=[ \t]*(.*?)[ \t]*$/s.exec(pair);
    const [, name = '', raw = ''] = match ?? [];
    const field = TOKEN.test(name) ? FIELDS.find(([, known]) => known === name)?.[0] : undefined;
    if (field === undefined || !raw.split('').every((character) => OCTETS.includes(character))) continue;
    const octets: number[] = [];
    let wellFormed = raw !== '';
    for (let at = 0; at < raw.length; at += 1) {
      const digits = raw.slice(at + 1, at + 3);
      if (raw[at] !== '%') octets.push(raw.charCodeAt(at));
      else if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
        octets.push(Number.parseInt(digits, 16));
        at += 2;
      } else wellFormed = false;
    }
    const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(octets));
    if (wellFormed && decoded.length <= 256 && !CONTROL.test(decoded)) read[field] = decoded;
  }
  return read;
}

describe('baggage', () => {
  it('comes back from the wire as it was written', () => {
    fc.assert(
      fc.property(identity, (written) => {
        const text = formatBaggage(written);
        expect(parseBaggage(text)).toEqual(written);
        expect(text ?? '').toMatch(/^[\x21-\x7e]*$/);
      }),
      parameters,
    );
  });

  it('goes from context to context with everything beside it', () => {
    fc.assert(
      fc.property(identity, (written) => {
        const carrier: Record<string, string> = {};
        injectTrace(withIdentity(ROOT_CONTEXT, written), carrier);
        expect(getIdentity(extractTrace(carrier))).toEqual(written);
      }),
      parameters,
    );
  });

  it('is read member by member as the grammar says', () => {
    fc.assert(
      fc.property(fc.oneof(list, nearly(list), nearly(member), fc.string()), (text) => {
        expect(parseBaggage(text)).toEqual(byTheGrammar(text));
      }),
      parameters,
    );
  });

  it('with any other character in any place is as the grammar says', () => {
    for (const text of ['client_id=a%41b;p', ' tenant_id = t ,client_id=c']) {
      expect(disagreements(text, parseBaggage, byTheGrammar)).toEqual([]);
    }
  });

  it('around its limits is as the grammar says', () => {
    for (let members = 60; members < 70; members += 1) {
      const text = `${'other=1,'.repeat(members)}client_id=c`;
      expect(parseBaggage(text)).toEqual(byTheGrammar(text));
    }
    for (let length = 8150; length < 8200; length += 1) {
      const text = `other=${'x'.repeat(length)},client_id=c`;
      expect(parseBaggage(text)).toEqual(byTheGrammar(text));
    }
  });

  it('of any length is bounded on the way out', () => {
    const long = fc.string({ unit: 'grapheme', maxLength: 400 });
    fc.assert(
      fc.property(
        fc.record({ requestId: long, clientId: long, pipelineId: long, tenantId: long, userId: long }),
        (written) => {
          const text = formatBaggage(written) ?? '';
          expect(text.length).toBeLessThanOrEqual(8192);
          expect(formatBaggage(parseBaggage(text)) ?? '').toBe(text);
        },
      ),
      parameters,
    );
  });

  it('of any kind of value never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (received) => {
        parseBaggage(received);
      }),
      parameters,
    );
  });
});

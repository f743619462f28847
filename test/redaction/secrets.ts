/** A secret on its way out: what must not be seen, the key it may stand under, and texts in which it is written. */
export interface Smuggled {
  readonly what: string;
  readonly hidden: string;
  readonly key: string;
  readonly value: unknown;
  readonly text: string;
}

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzbXVnZ2xlZCJ9.c211Z2dsZWQtc2lnbmF0dXJl';
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIsmuggledKEY00\n-----END PRIVATE KEY-----';

const keyed = (key: string, value: string): Smuggled => ({
  what: `the value of ${key}`,
  hidden: value,
  key,
  value,
  text: `${key}=${value}`,
});
const shaped = (what: string, hidden: string, text = hidden): Smuggled => ({
  what,
  hidden,
  key: 'note',
  value: text,
  text,
});

/** Known by their keys, by what they look like, or by the application's own lists. */
export const SECRETS: readonly Smuggled[] = [
  ...['password', 'db_pwd', 'accessToken', 'client_secret', 'x-api-key', 'sessionId', 'passphrase', 'jwt'].map(
    (key, index) => keyed(key, `smuggled-by-key-${index}`),
  ),
  keyed('iban', 'smuggled-by-list'),
  keyed('medical.finding', 'smuggled-by-pattern'),
  {
    what: 'a header line',
    hidden: 'smuggled.bearer',
    key: 'authorization',
    value: 'Bearer smuggled.bearer',
    text: 'Authorization: Bearer smuggled.bearer',
  },
  {
    what: 'a cookie',
    hidden: 'smuggled-cookie',
    key: 'cookie',
    value: 'a=b; sid=smuggled-cookie',
    text: 'Cookie: a=b; sid=smuggled-cookie',
  },
  {
    what: 'a set cookie',
    hidden: 'smuggled-set',
    key: 'set-cookie',
    value: ['sid=smuggled-set; Path=/'],
    text: 'Set-Cookie: sid=smuggled-set; Path=/',
  },
  {
    what: 'JSON in a text',
    hidden: 'smuggled-json',
    key: 'note',
    value: '{"password":"smuggled-json"}',
    text: '{"password":"smuggled-json"}',
  },
  {
    what: 'JSON in JSON',
    hidden: 'smuggled-inner',
    key: 'note',
    value: JSON.stringify({ body: '{"token":"smuggled-inner"}' }),
    text: JSON.stringify({ body: '{"token":"smuggled-inner"}' }),
  },
  shaped('a bearer token', 'smuggled.token', 'sent Bearer smuggled.token there'),
  shaped('basic credentials', 'c211Z2dsZWQ6c211Z2dsZWQ=', 'sent Basic c211Z2dsZWQ6c211Z2dsZWQ= there'),
  shaped('a JSON Web Token', JWT),
  shaped('the user of an address', 'smuggled-user', 'connect postgres://app:smuggled-user@db:5432/x failed'),
  shaped(
    'a parameter of an address',
    'smuggled-parameter',
    'GET https://host/x?page=1&access_token=smuggled-parameter',
  ),
  shaped('a signature of an address', 'smuggledsignature', 'https://host/x?X-Amz-Signature=smuggledsignature&x=1'),
  shaped('a private key', 'smuggledKEY00', PEM),
  shaped('a key of OpenAI', 'sk-proj-smuggled0123456789abc'),
  shaped('a token of GitHub', 'ghp_smuggled0123456789abcdefghijklmnop'),
  shaped('a key of AWS', 'AKIASMUGGLED01234567'),
  shaped('a card', '4111 1111 1111 1111', 'paid with 4111 1111 1111 1111'),
  {
    what: 'a card as a number',
    hidden: '5555555555554444',
    key: 'number',
    value: 5555555555554444,
    text: 'card 5555555555554444',
  },
];

import { describe, expect, it } from '@jest/globals';
import { isSecretParameter, type KeySecrecy, secrecyOf } from './secret-keys.js';

const TABLE: Readonly<Record<KeySecrecy, readonly string[]>> = {
  secret: [
    ...[
      'password',
      'dbPassword',
      'PASSWORD',
      'passwd',
      'passphrase',
      'passcode',
      'pwd',
      'DB_PWD',
      'password_hash',
      '비밀번호',
    ],
    ...['authorization', 'Proxy-Authorization', 'http.request.header.authorization', 'bearer', 'authorizationCode'],
    ...[
      'cookie',
      'set-cookie',
      'Set-Cookie',
      'sessionCookie',
      'sid',
      'connect.sid',
      'session_id',
      'sessionId',
      'PHPSESSID',
    ],
    ...[
      'token',
      'TOKEN',
      'accessToken',
      'access_token',
      'accesstoken',
      'id_token',
      'csrfToken',
      'x-xsrf-token',
      'csrf',
      'jwt',
    ],
    ...['secret', 'client_secret', 'clientSecret', 'webhookSecret', 'otp', 'totp', 'credential', 'X-Amz-Credential'],
    ...['apiKey', 'api_key', 'apikey', 'x-api-key', 'OPENAI_API_KEY', 'private key', 'privateKey', 'secretAccessKey'],
    ...['AWS_SECRET_ACCESS_KEY', 'aws.access_key_id', 'signing-key', 'encryptionKey', 'hashKey', 'ssh_key'],
    ...['creditCard', 'credit_card_number', 'cardNumber', 'card_no', 'ccNumber', 'pan_number', 'cvv', 'cvc2', 'ssn'],
  ],
  secretText: [
    'tokens',
    'refreshTokens',
    'api_keys',
    'cookies',
    'req.cookies',
    'secrets',
    'credentials',
    'pass',
    'db_pass',
  ],
  none: [
    ...[
      'input_tokens',
      'maxTokens',
      'gen_ai.usage.output_tokens',
      'token_count',
      'tokenCount',
      'total_tokens',
      'tokenizer',
    ],
    ...['time_to_first_token', 'cost_per_token', 'token_type', 'tokens_per_second', 'prompt_tokens', 'cached_tokens'],
    ...['secretary', 'secret_name', 'author', 'authenticated', 'cookies_accepted', 'keyboard', 'monkey', 'bypass'],
    ...['key', 'primary_key', 'partitionKey', 'idempotency-key', 'public_key', 'routing_key', 'key_id'],
    ...[
      'workflow_id',
      'request_id',
      'trace_id',
      'user.id',
      'session',
      'side',
      'inside',
      'card',
      'compass',
      'passed',
      '',
      '0',
    ],
  ],
};

describe('what a key says of its value', () => {
  for (const [secrecy, keys] of Object.entries(TABLE)) {
    it.each(keys)(`%s: ${secrecy}`, (key) => expect(secrecyOf(key)).toBe(secrecy));
  }
  it('is decided by the end of a key that is longer than anybody writes', () => {
    expect(secrecyOf(`${'a'.repeat(1_000_000)}.password`)).toBe('secret');
  });
});

describe('parameters of an address', () => {
  it.each(['key', 'sig', 'signature', 'X-Amz-Signature', 'x-goog-signature', 'auth'])('%s is a secret', (name) =>
    expect(isSecretParameter(name)).toBe(true),
  );
  it.each(['page', 'sort_key', 'design', 'author', 'q', 'keyword'])('%s is none', (name) =>
    expect(isSecretParameter(name)).toBe(false),
  );
});

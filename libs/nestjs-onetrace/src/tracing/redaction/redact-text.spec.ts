import { afterEach, describe, expect, it } from '@jest/globals';
import { configureRedaction } from './configured-redaction.js';
import { redactText } from './redact-text.js';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----';

afterEach(() => configureRedaction([]));

describe('a text', () => {
  it.each([
    // By the key it is assigned to.
    ['password=hunter2', 'password=[redacted]'],
    ['login failed: password: hunter2!', 'login failed: password: [redacted]'],
    ['password:hunter2', 'password:[redacted]'],
    ['pwd = "open sesame" now', 'pwd = "[redacted]" now'],
    ['password=a,b)c and more', 'password=[redacted] and more'],
    ['User[name=ada, password=hunter2]', 'User[name=ada, password=[redacted]]'],
    ['{"user":"ada","password":"hun\\"ter2","n":1}', '{"user":"ada","password":"[redacted]","n":1}'],
    ['{"body":"{\\"apiKey\\":\\"k\\",\\"n\\":1}"}', '{"body":"{\\"apiKey\\":\\"[redacted]\\",\\"n\\":1}"}'],
    [
      '{"a":"{\\"b\\":\\"{\\\\\\"token\\\\\\":\\\\\\"k\\\\\\"}\\"}"}',
      '{"a":"{\\"b\\":\\"{\\\\\\"token\\\\\\":\\\\\\"[redacted]\\\\\\"}\\"}"}',
    ],
    ['{"refreshTokens":["a","b"],"tokens":12}', '{"refreshTokens":[redacted],"tokens":12}'],
    ['{"secret":{"a":[1,{"b":2}]},"n":1}', '{"secret":[redacted],"n":1}'],
    ['{"password":12345}', '{"password":[redacted]}'],
    ["{ apiKey: 'k', n: 1 }", "{ apiKey: '[redacted]', n: 1 }"],
    ["Map(1) { 'token' => 'k' }", "Map(1) { 'token' => '[redacted]' }"],
    ['{"password":"cut in the mid', '{"password":"[redacted]'],
    ['user[password]=x&user[name]=ada', 'user[password]=[redacted]&user[name]=ada'],
    ["headers['x-api-key'] = 'k'", "headers['x-api-key'] = '[redacted]'"],
    ['grant_type=password&username=u&client_secret=s', 'grant_type=password&username=u&client_secret=[redacted]'],
    ['Server=db;User Id=sa;Password=p@ss;Encrypt=true', 'Server=db;User Id=sa;Password=[redacted];Encrypt=true'],
    ['AccountName=a;AccountKey=abc/def==;Suffix=x', 'AccountName=a;AccountKey=[redacted];Suffix=x'],
    ['비밀번호=열려라', '비밀번호=[redacted]'],
    // Header lines.
    [
      'GET / HTTP/1.1\r\nAuthorization: Digest username="a", response="b"\r\nAccept: */*',
      'GET / HTTP/1.1\r\nAuthorization: [redacted]\r\nAccept: */*',
    ],
    ['Cookie: sid=abc; theme=dark', 'Cookie: [redacted]'],
    ['Set-Cookie: sid=abc; Path=/; HttpOnly\nContent-Length: 1', 'Set-Cookie: [redacted]\nContent-Length: 1'],
    ["curl -H 'Authorization: Bearer x' http://host/", "curl -H 'Authorization: [redacted]' http://host/"],
    ["{ cookie: 'a=b; c=d', accept: '*/*' }", "{ cookie: '[redacted]', accept: '*/*' }"],
    // By what it looks like.
    ['sent Bearer abc.def-ghi to the server', 'sent Bearer [redacted] to the server'],
    ['BEARER abcdef', 'BEARER [redacted]'],
    ['sent basic dXNlcjpwYXNz', 'sent basic [redacted]'],
    [`the token ${JWT} has expired`, 'the token [redacted] has expired'],
    [`/reset/${JWT}`, '/reset/[redacted]'],
    ['postgres://app:pa:ss@db:5432/x', 'postgres://[redacted]@db:5432/x'],
    ['connect to amqp://app:p@ss@mq failed', 'connect to amqp://[redacted]@mq failed'],
    ['redis://:pa/ss@cache:6379', 'redis://[redacted]@cache:6379'],
    ['https://ghtoken@github.com/a/b', 'https://[redacted]@github.com/a/b'],
    ['GET /a?page=2&token=abc&sig=a%2Bb&key=k#top', 'GET /a?page=2&token=[redacted]&sig=[redacted]&key=[redacted]'],
    ['/cb#access_token=abc&state=1', '/cb#access_token=[redacted]&state=1'],
    ['/a?access%5Ftoken=abc', '/a?access%5Ftoken=[redacted]'],
    [
      'https://b.s3/k?X-Amz-Credential=AK%2F1&X-Amz-Signature=0f&x=1',
      'https://b.s3/k?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&x=1',
    ],
    [`key:\n${PEM}\ndone`, 'key:\n[redacted]\ndone'],
    [PEM.replaceAll('\n', '\\n'), '[redacted]'],
    [PEM.slice(0, 40), '[redacted]'],
    ['use sk-proj-abcdEFGH1234567890xyz now', 'use [redacted] now'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', '[redacted]'],
    ['github_pat_11ABCDEFG0abcdefghijkl_mnop', '[redacted]'],
    ['id AKIAIOSFODNN7EXAMPLE', 'id [redacted]'],
    ['AIzaSyA-1234567890abcdefghijklmnopqrstu', '[redacted]'],
    [['xoxb', '123456789012', 'abcdefghij'].join('-'), '[redacted]'],
    [['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_'), '[redacted]'],
    ['glpat-abcdefghij0123456789', '[redacted]'],
    ['hf_abcdefghijklmnopqrstuvwxyz01234567', '[redacted]'],
    ['npm_abcdefghijklmnopqrstuvwxyz0123456789', '[redacted]'],
    ['paid with 4111 1111 1111 1111', 'paid with [redacted]'],
  ])('%j is written as %j, and stays so', (text, written) => {
    expect(redactText(text)).toBe(written);
    expect(redactText(written)).toBe(written);
  });

  it.each([
    'request completed',
    'max_tokens=100 input_tokens: 12, "total_tokens":112',
    'tokens: 12',
    'Invalid token: expired',
    'Unexpected token } in JSON at position 4',
    'password: required',
    '"password": null, "token": false, "secret": ""',
    'bearer token missing',
    'Basic plan, basic authentication, basic usage',
    'task-queue-embedding-pipeline-0123456789',
    'GET /users/:id/tokens -> 200 in 12:30:15.123',
    'http://localhost:3000/a@b',
    'http://[::1]:8080/a@b',
    'mail ada@example.com, see https://example.com:8080/x?page=2&sort_key=name',
    'at handler (file:///app/dist/main.js:12:34)',
    '0af7651916cd43dd8448eb211c80319c 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'workflow 550e8400-e29b-41d4-a716-446655440000 took 1763714400007 ns',
    'eyJpZCI6MTIzfQ',
    'ssh-rsa AAAA',
    '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----',
  ])('%j stays as it is', (text) => expect(redactText(text)).toBe(text));

  it('goes by the lists of the application also inside texts', () => {
    const lists = {
      hash: ['user.id'],
      drop: ['patient.id'],
      redact: [/^iban/, 'code'],
      keep: ['design_token'],
      paths: [],
    };
    configureRedaction([lists]);
    expect(redactText('ibanNumber=DE02 user.id=u-1 patient.id: p-1 /cb?code=abc design_token=blue')).toBe(
      'ibanNumber=[redacted] user.id=[redacted] patient.id: [redacted] /cb?code=[redacted] design_token=blue',
    );
  });

  it('is secret for all applications of a process where one of them says so', () => {
    const none = { hash: [], drop: [], redact: [], keep: [], paths: [] };
    configureRedaction([
      { ...none, redact: ['colour'], keep: ['token', /jwt/] },
      { ...none, redact: ['shape'], keep: [/jwt/] },
    ]);
    expect(redactText('colour=a shape=b token=c jwt=d')).toBe(
      'colour=[redacted] shape=[redacted] token=[redacted] jwt=d',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseRetryAfter } from './retry-after.js';
import { readServerError } from './server-error.reader.js';

const PROMPT = 'the patient Jane Roe slept 4 hours\nand woke twice';
const SENT = JSON.stringify({ model: 'meta-llama/Llama-3-8B', messages: [{ role: 'user', content: PROMPT }] });

describe('what a server says about its error', () => {
  it.each([
    [
      '{"error":{"message":"The model `meta-llama/Llama-3-8B` does not exist.","code":404}}',
      'The model `meta-llama/Llama-3-8B` does not exist.',
    ],
    ['{"error":"Unauthorized"}', 'Unauthorized'],
    ['{"error":"Request for unknown model: \'x\' is not found"}', "Request for unknown model: 'x' is not found"],
    ['{"detail":"Not Found"}', 'Not Found'],
    ['data: {"error":"the model failed"}\n\n', 'the model failed'],
    ['{"message":"no"}', 'no'],
    ['Internal Server Error', 'Internal Server Error'],
    ['<html><title>502 Bad Gateway</title></html>', ''],
    ['{"error":{"code":1}}', ''],
    ['{"error":"two\\n lines"}', 'two lines'],
    ['', ''],
  ])('%s', (body, expected) => {
    expect(readServerError(body, SENT, [])).toBe(expected);
  });

  it.each([
    JSON.stringify({ error: { message: `[{'type': 'missing', 'input': {'content': '${PROMPT}'}}]` } }),
    JSON.stringify({ error: `cannot tokenise "${PROMPT}"` }),
    JSON.stringify({ error: `bad request near: patient Jane Roe slept 4 ho...` }),
    `prefix ${PROMPT}`,
  ])('loses what it quotes of the prompt: %s', (body) => {
    const words = readServerError(body, SENT, []);
    expect(words).toContain('[not shown]');
    for (const part of ['patient', 'Jane', 'slept', 'woke']) expect(words).not.toContain(part);
  });

  it.each([
    ['JSON', JSON.stringify(PROMPT)],
    ['JSON in ASCII', '"\\u79d8\\u5bc6\\u306e\\u8a71"'],
  ])('loses what it quotes as %s', (_, quoted) => {
    const sent = JSON.stringify({ messages: [{ content: PROMPT }, { content: '秘密の話' }] });
    expect(readServerError(JSON.stringify({ error: `no ${quoted}` }), sent, [])).toBe('no "[not shown]"');
  });

  it('loses what it quotes of the end of a huge prompt', () => {
    const words = Array.from({ length: 100_000 }, (_, index) => `word${index}`).join(' ');
    const sent = JSON.stringify({ messages: [{ content: `${words} and then ${PROMPT}` }] });
    const body = JSON.stringify({ error: `too long: ...${PROMPT.slice(-30)}` });
    expect(readServerError(body, sent, [])).toBe('too long: ...[not shown]');
  });

  it.each([
    ['model', 'The model `tiny` failed: models are not loaded'],
    ['fail', 'The request failed and will fail again'],
    ['Error', 'Error: an Error of ErrorHandler'],
    ['the model', 'the model is not loaded'],
    ['shown', 'the value "x" is not shown'],
    ['cat', 'cannot concatenate'],
    ['Anna', 'Annapolis is no region'],
  ])('stays as it is where the prompt %p stands in it, but quotes nothing', (prompt, words) => {
    const sent = JSON.stringify({ model: 'tiny', messages: [{ role: 'user', content: prompt }] });
    expect(readServerError(JSON.stringify({ error: words }), sent, [])).toBe(words);
  });

  it.each([
    ['Anna', 'no tokens for Anna, (Anna) or Anna-Lena', 'no tokens for [not shown], ([not shown]) or [not shown]-Lena'],
    ['Anna', 'no tokens for "hello\\nAnna"', 'no tokens for "hello\\n[not shown]"'],
    ['swordfish', 'unknown word swordfish', 'unknown word [not shown]'],
    ['pin 1234', 'cannot parse pin 1234.', 'cannot parse [not shown].'],
    ['東京大学', '入力東京大学無効', '入力[not shown]無効'],
    ['the model of Jane Roe', 'submodel of Jane Roes', '[not shown]'],
  ])('loses the short prompt %p as a whole word: %s', (prompt, words, expected) => {
    const sent = JSON.stringify({ model: 'tiny', messages: [{ role: 'user', content: prompt }] });
    expect(readServerError(JSON.stringify({ error: words }), sent, [])).toBe(expected);
  });

  it.each([
    ['an image', 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA=='],
    ['a cut one', 'data:image/png;base64,iVBORw0K...'],
    ['one with other parameters', 'DATA:image/png;charset=x;base64,iVBORw0K'],
    ['one that is encoded once more', 'data%3Aimage%2Fpng%3Bbase64%2CiVBORw0K%2B'],
    ['a text', 'data:,Jane%20Roe'],
  ])('loses content that is an address, also of requests that nobody knows: %s', (_, url) => {
    for (const sent of [SENT, ''])
      expect(
        readServerError(JSON.stringify({ error: `cannot load '${url}' from data: no such file, x` }), sent, []),
      ).toBe(`cannot load '[not shown]' from data: no such file, x`);
  });

  it('loses exactly the runs of 12 characters and more that it quotes, wherever they stand', () => {
    const content = Array.from({ length: 40 }, (_, index) => `w${index}x${index * 7}`).join(' ');
    const sent = JSON.stringify({ prompt: content });
    for (let at = 0; at + 12 <= content.length; at += 1) {
      expect(readServerError(content.slice(at, at + 12), sent, [])).toContain('[not shown]');
      expect(readServerError(`!${content.slice(at, at + 11)}!`, sent, [])).not.toContain('[not shown]');
    }
  });

  it('loses keys and is bounded', () => {
    const words = readServerError(JSON.stringify({ error: `invalid key sk-1234 ${'x'.repeat(2000)}` }), SENT, [
      'sk-1234',
    ]);
    expect(words).toMatch(/^invalid key \[not shown\] x+…$/);
    expect(words).toHaveLength(300);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT');
  it.each<[string | undefined, number | undefined]>([
    ['3', 3000],
    ['0', 0],
    ['99999999999', 99_999_999_999_000],
    ['9'.repeat(40), Number.MAX_SAFE_INTEGER],
    ['Sun, 06 Nov 1994 08:49:47 GMT', 10_000],
    ['Sun, 06 Nov 1994 08:49:27 GMT', 0],
    ['-1', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ])('%p is %p ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

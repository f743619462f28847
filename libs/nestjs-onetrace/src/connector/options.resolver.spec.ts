import { describe, expect, it } from '@jest/globals';
import { ConnectorModule, type ConnectorModuleAsyncOptions, type ConnectorOptions } from './index.js';
import { resolveConnectorOptions } from './options.resolver.js';
import { PriceList } from './price-list.js';

const base: ConnectorOptions = { name: 'llm', protocol: 'openai', baseUrl: 'http://vllm:8000' };

/** Prices of so many models, which nothing is wrong with. */
const many = (models: number) =>
  Object.fromEntries(Array.from({ length: models }, (_, index) => [`model-${index}`, { inputPerMillion: 1 }]));

describe('options of a connector', () => {
  it('needs name, protocol and address; the rest has defaults', () => {
    expect(resolveConnectorOptions(base)).toEqual({
      name: 'llm',
      protocol: 'openai',
      origin: 'http://vllm:8000',
      basePath: '',
      target: 'vllm:8000',
      serverAddress: 'vllm',
      serverPort: 8000,
      headers: {},
      secrets: [],
      timeouts: { connectMs: 10_000, headersMs: 60_000, firstTokenMs: 60_000, idleMs: 30_000, totalMs: 180_000 },
      retry: {
        maxAttempts: 3,
        initialDelayMs: 200,
        maxDelayMs: 5_000,
        maxRetryAfterMs: 30_000,
        budget: { ratio: 0.2, minRetries: 10, windowMs: 10_000 },
      },
      concurrency: { maxConcurrent: 256, maxQueued: 1_000 },
      circuitBreaker: { consecutiveFailures: 10, halfOpenAfterMs: 10_000 },
      maxResponseBytes: 33_554_432,
      maxEventCharacters: 8_388_608,
      maxHeaderBytes: 16_384,
      foreign: false,
      provider: 'openai',
      capturedBytes: undefined,
      prices: new PriceList({}),
      namedModels: undefined,
      conventions: '1.41',
    });
  });

  it.each<[ConnectorOptions['protocol'], string, string, string]>([
    ['openai', 'http://vllm:8000/v1/', 'vllm:8000', ''],
    ['openai', 'https://models.example/team/v1', 'models.example:443', '/team'],
    ['kserve', 'http://triton/v1', 'triton:80', '/v1'],
    ['http', 'http://[::1]:9000', '[::1]:9000', ''],
  ])('%s at %s: target %s, path %p', (protocol, baseUrl, target, basePath) => {
    expect(resolveConnectorOptions({ ...base, protocol, baseUrl })).toMatchObject({ target, basePath });
  });

  it.each<[unknown, string]>([
    [undefined, 'Connector option "options" is undefined; it takes an object'],
    [{ ...base, name: '' }, 'Connector "" option "name" is ""; it takes a non-empty text'],
    [
      { name: 'llm', protocol: 'openai' },
      'Connector "llm" option "baseUrl" is undefined; it takes an http or https address',
    ],
    [{ ...base, protocol: 'grpc' }, "option \"protocol\" is \"grpc\"; it takes 'openai', 'kserve' or 'http'"],
    [{ ...base, baseUrl: 'vllm:8000' }, 'such as http://vllm:8000; write http://vllm:8000 or https://vllm:8000'],
    [{ ...base, baseUrl: 'vllm/s3cret-value' }, 'is something else (not shown); it takes an http'],
    [
      { ...base, timeout: 5 },
      'Connector "llm" has no option "timeout"; did you mean "timeouts"? It takes name, protocol, baseUrl',
    ],
    [{ ...base, timeouts: { totalMs: Infinity } }, 'option "timeouts.totalMs" is Infinity; it takes an integer from 1'],
    [
      { ...base, retry: false },
      'option "retry" is false; it takes an object such as { maxAttempts: 1 }, which switches',
    ],
    [
      { ...base, timeouts: { totalMs: 1000, headersMs: 5000 } },
      'option "timeouts.headersMs" is 5000 and would never count beside "timeouts.totalMs" of 1000; lower the one',
    ],
    [
      { ...base, retry: { initialDelayMs: 500, maxDelayMs: 100 } },
      'option "retry.initialDelayMs" is 500 and above "retry.maxDelayMs" of 100; lower the one or raise the other',
    ],
    [{ ...base, metrics: { models: [] } }, 'option "metrics.models" is []; it takes a list of at least one non-empty'],
    [
      { ...base, protocol: 'http', captureContent: true },
      'option "captureContent" is for calls of models, and protocol \'http\' makes none; leave it out',
    ],
    [{ ...base, protocol: 'http', prices: {} }, 'option "prices" is for calls of models'],
    [{ ...base, protocol: 'kserve', prices: {} }, 'option "prices" would never count with protocol \'kserve\''],
    [
      { ...base, timeouts: { headers: 5 } },
      'has no option "timeouts.headers"; did you mean "timeouts.headersMs"? It takes timeouts.connectMs, timeouts.headersMs, timeouts.firstTokenMs, timeouts.idleMs, timeouts.totalMs',
    ],
    [{ ...base, timeouts: { headersMs: 0 } }, 'option "timeouts.headersMs" is 0; it takes an integer from 1'],
    [{ ...base, retry: { maxAttempts: 1.5 } }, 'option "retry.maxAttempts" is 1.5; it takes an integer from 1 to 20'],
    [{ ...base, circuitBreaker: true }, 'option "circuitBreaker" is true; it takes false or'],
    [{ ...base, prices: ['tiny'] }, 'option "prices" is'],
    [{ ...base, prices: { tiny: 1 } }, 'option "prices.tiny" is 1; it takes an object with inputPerMillion'],
    [{ ...base, prices: { tiny: {} } }, 'option "prices.tiny.inputPerMillion" is undefined; it takes a number from 0'],
    [
      { ...base, prices: { ...many(30), tiny: { inputPerMillon: 1 } } },
      'has no option "prices.tiny.inputPerMillon"; did you mean "prices.tiny.inputPerMillion"?',
    ],
    [{ ...base, prices: { tiny: { inputPerMillion: -1 } } }, 'option "prices.tiny.inputPerMillion" is -1; it takes'],
    [
      { ...base, prices: { ...many(30), tiny: { inputPerMillion: 1, currency: 'eur' } } },
      'option "prices.tiny.currency" is "eur"; it takes three capitals by ISO 4217, such as USD',
    ],
    [
      { ...base, metrics: { models: 'tiny' } },
      'option "metrics.models" is "tiny"; it takes a list of at least one non-empty text',
    ],
    [{ ...base, captureContent: 'yes' }, 'option "captureContent" is "yes"; it takes true, false or { maxBytes }'],
    [
      { ...base, captureContent: { maxBytes: 1 } },
      'option "captureContent.maxBytes" is 1; it takes an integer from 64',
    ],
    [
      { ...base, headers: { 'Content-Length': '3' } },
      'option "headers" is something else (not shown); it takes an object of header names (but content-length, transfer-encoding',
    ],
    [{ ...base, constructor: 1 }, 'Connector "llm" has no option "constructor"; it takes name'],
    [{ ...base, foreign: 'yes' }, 'option "foreign" is "yes"; it takes true or false'],
  ])('%j is refused where the module is registered', (options, message) => {
    expect(() => ConnectorModule.register(options as ConnectorOptions)).toThrow(message);
  });

  it.each<[unknown, string]>([
    [undefined, 'ConnectorModule.registerAsync option "options" is undefined; it takes an object'],
    [{ name: '' }, 'ConnectorModule.registerAsync option "name" is ""; it takes a non-empty text'],
    [
      { name: 'llm' },
      'ConnectorModule.registerAsync of "llm" option "useFactory" is undefined; it takes a function that returns the options',
    ],
  ])('%j is refused where the module is registered with a factory', (options, message) => {
    expect(() => ConnectorModule.registerAsync(options as ConnectorModuleAsyncOptions)).toThrow(message);
  });

  it('take a total timeout that is shorter than the defaults of its parts', () => {
    expect(resolveConnectorOptions({ ...base, timeouts: { totalMs: 1000 } }).timeouts.totalMs).toBe(1000);
  });

  it.each<Partial<ConnectorOptions>>([
    { baseUrl: 'http://user:s3cret-value@vllm:8000' },
    { apiKey: 's3cret-value\n' },
    { headers: { 'x-key': 's3cret-value\r\nx: y' } },
  ])('refuses a secret without repeating it: %j', (part) => {
    let thrown: unknown;
    try {
      resolveConnectorOptions({ ...base, ...part });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'ONETRACE_INVALID_OPTION' });
    expect(String((thrown as Error).stack)).not.toContain('s3cret-value');
  });
});

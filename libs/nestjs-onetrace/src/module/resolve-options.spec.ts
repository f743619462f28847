import { afterEach, describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../semantics/index.js';
import { OPTION_RULES } from './option-table.js';
import { resolveOptions } from './resolve-options.js';

const SECRET = 'k'.repeat(15);
const VARIABLES = ['OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES', 'NODE_ENV', 'ONETRACE_HASH_KEY'] as const;
const before = new Map(VARIABLES.map((name) => [name, process.env[name]]));

afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

function failure(options: unknown): Error & { code?: string } {
  try {
    resolveOptions(options);
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error('the options were taken');
}

class Settings {
  readonly component = 'gateway';
  get service(): string {
    return 'shop';
  }
}

describe('options', () => {
  it('needs only a component', () => {
    expect(resolveOptions({ component: 'gateway' })).toMatchObject({
      tracing: { component: 'gateway', service: 'gateway', sampling: { ratio: undefined, trustParent: true } },
      metricsPath: '/metrics',
      notices: [],
    });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'got undefined as its options; it takes an object. Give at least { component'],
    ['null', null, 'got null as its options'],
    ['a list', [], 'got [] as its options'],
    ['a Map', new Map(), 'got a Map as its options'],
    ['a Promise', Promise.resolve({}), 'got a Promise as its options; it takes an object. Await it in the factory'],
    ['no component', {}, 'option "component" is undefined; it is required and takes a text'],
    ['an undefined component', { component: undefined }, 'option "component" is undefined; it is required'],
    ['an empty text', { component: '' }, 'option "component" is ""; it takes a text that is not blank. Correct it'],
    ['a blank text', { component: ' \n' }, 'option "component" is " \\n"'],
    ['NaN', { sampling: { ratio: Number.NaN } }, 'option "sampling.ratio" is NaN'],
    [
      'Infinity',
      { limits: { events: Number.POSITIVE_INFINITY } },
      'option "limits.events" is Infinity; it takes a whole',
    ],
    [
      'a ratio in percent',
      { sampling: { ratio: 10 } },
      'is 10; it takes a number from 0 to 1. Correct it, or leave it out (then: `OTEL_TRACES_SAMPLER`, else 1)',
    ],
    ['a ratio as text', { sampling: { ratio: '0.5' } }, 'option "sampling.ratio" is "0.5"'],
    ['null for a group', { sampling: null }, 'option "sampling" is null; it takes an object'],
    ['a list for a group', { limits: [1] }, 'option "limits" is [1]; it takes an object'],
    [
      'a bad ratio of an environment',
      { sampling: { byEnvironment: { dev: 2 } } },
      'is { dev: 2 }; it takes an object of',
    ],
    ['a wait beyond a timer', { shutdownTimeoutMs: 2 ** 31 }, 'option "shutdownTimeoutMs" is 2147483648'],
    [
      'one network that is none among others',
      { trust: ['10.0.0.0/8', '10.0.0.0/33', '::1'] },
      'option "trust[1]" is "10.0.0.0/33"; "trust" takes \'none\', \'private\', a list of networks',
    ],
    [
      'a network outside a list',
      { trust: '10.0.0.0/8' },
      'option "trust" is "10.0.0.0/8"; it takes \'none\', \'private\', a list of networks in CIDR notation, or a function of the ' +
        'request. Put it in a list: ["10.0.0.0/8"]; ',
    ],
    ['a path outside a list', { ignore: '/health' }, 'expressions. Put it in a list: ["/health"]; '],
    ['a pattern outside a list', { privacy: { redact: /card/i } }, '. Put it in a list: [/card/i]; '],
    ['a word that is no network', { trust: 'everybody' }, 'of the request. Correct it, or leave it out'],
    [
      'a pattern as text',
      { ignore: ['/internal/*'] },
      'option "ignore[0]" is "/internal/*"; "ignore" takes a list of whole paths',
    ],
    ['a path as target', { http: { propagateTo: ['http://a/b'] } }, 'option "http.propagateTo[0]" is "http://a/b"'],
    ['an address without scheme', { export: { url: 'collector:4318' } }, 'option "export.url" is "collector:4318"'],
    ['an export without address', { export: {} }, 'option "export.url" is undefined; it is required'],
    ['an exporter that is none', { export: 'otpl' }, 'option "export" is "otpl"; it takes \'otlp\''],
    ['a deadline of nothing', { export: { url: 'http://a', timeoutMs: 0 } }, 'option "export.timeoutMs" is 0'],
    ['a compression', { export: { url: 'http://a', compression: 'br' } }, "is \"br\"; it takes 'gzip' or 'none'"],
    ['a relative path', { metrics: { path: 'metrics' } }, 'is "metrics"; it takes a path that begins with /'],
    ['true for metrics', { metrics: true }, 'option "metrics" is true; it takes false or { path }'],
    ['a level', { logging: { level: 'loud' } }, 'option "logging.level" is "loud"; it takes one of trace'],
    ['a symbol', { service: Symbol('s') }, 'option "service" is a symbol'],
    ['a hole in a list', { privacy: { drop: ['a', , 'b'] } }, 'option "privacy.drop[1]" is undefined'],
    ['a hash and a drop', { privacy: { drop: ['a'], hash: ['a'] } }, 'contradict each other: both name "a"'],
    [
      'two ratios',
      { sampling: { ratio: 1, byEnvironment: {} } },
      'options "sampling.ratio" and "sampling.byEnvironment" contradict each other',
    ],
    [
      'a misspelt group',
      { samplng: {} },
      'has no option "samplng"; did you mean "sampling"? It takes component, service',
    ],
    ['a misspelt member', { sampling: { raito: 1 } }, 'has no option "sampling.raito"; did you mean "sampling.ratio"?'],
    ['a member outside its group', { hashKey: 'x' }, 'has no option "hashKey"; did you mean "privacy.hashKey"?'],
    ['a longer name', { serviceName: 'x' }, 'has no option "serviceName"; did you mean "service"?'],
    ['half a name', { sampel: {} }, 'has no option "sampel"; did you mean "sampling"?'],
    ['another word of the same root', { logger: {} }, 'has no option "logger"; did you mean "logging"?'],
    ['a foreign name', { zebra: 1 }, 'has no option "zebra"; it takes component, service'],
    ['a key of the prototype', { constructor: 1 }, 'has no option "constructor"; '],
    ['the prototype', JSON.parse('{"__proto__":{}}') as object, 'has no option "__proto__"; '],
    [
      'a getter that throws',
      {
        get service(): never {
          throw new Error('not yet loaded');
        },
      },
      'option "service" cannot be read: not yet loaded. Give a plain value',
    ],
    [
      'a list that throws',
      {
        privacy: {
          drop: new Proxy([], {
            get: () => {
              throw new Error('no');
            },
          }),
        },
      },
      'option "privacy.drop" cannot be read: no',
    ],
  ])('%s stops the start with one message', (what, options, message) => {
    const complete =
      typeof options === 'object' &&
      options !== null &&
      options.constructor === Object &&
      !/component|prototype$/.test(what)
        ? Object.defineProperties({ component: 'a' }, Object.getOwnPropertyDescriptors(options))
        : options;
    const error = failure(complete);
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^ObservabilityModule .*; the type ObservabilityModuleOptions lists all options$/s);
    expect(error.code).toBe(ERROR_CODES.invalidOption);
    expect(error.stack).toContain(`OnetraceError [${ERROR_CODES.invalidOption}]: ObservabilityModule`);
  });

  it.each<[string, object]>([
    ['a key that is too short', { privacy: { hashKey: SECRET } }],
    ['a key in the wrong place', { privacy: SECRET }],
    ['a key that is no text', { privacy: { hashKey: [SECRET] } }],
    ['a header with a line break', { export: { url: 'http://a', headers: { authorization: `${SECRET}\n` } } }],
    ['headers that are a text', { export: { url: 'http://a', headers: SECRET } }],
    ['a password in an address', { export: `http://user:${SECRET}@collector:4318` }],
    ['a secret beside the mistake', { export: [{ apiKey: SECRET }] }],
  ])('never shows %s', (_what, options) => {
    expect(failure({ component: 'a', ...options }).message).not.toContain(SECRET);
  });

  it('takes undefined as left out, at every depth', () => {
    const undefineds: Record<string, unknown> = {};
    for (const name of OPTION_RULES.keys()) {
      const [group = '', member] = name.split('.');
      if (member === undefined) continue;
      undefineds[group] = { ...(undefineds[group] as object | undefined), [member]: undefined };
    }
    delete undefineds['export'];
    const functions = {
      http: { isTrusted: expect.any(Function), isTrustedHop: expect.any(Function), isIgnored: expect.any(Function) },
    };
    const bare = resolveOptions({ component: 'a' });
    expect(resolveOptions({ component: 'a', service: undefined, trust: undefined, ...undefineds })).toEqual({
      ...bare,
      http: { ...bare.http, ...functions.http },
    });
  });

  it('takes an object of a class, its getters and an object without prototype', () => {
    expect(resolveOptions(new Settings()).tracing).toMatchObject({ component: 'gateway', service: 'shop' });
    expect(resolveOptions(Object.assign(Object.create(null) as object, { component: 'a' })).http.component).toBe('a');
  });

  it('takes nothing from the prototype of all objects', () => {
    const polluted = { export: { url: 'http://evil:4318' }, hash: [], ratio: 0 };
    const before = resolveOptions({ component: 'a', privacy: {}, sampling: {} }).tracing;
    try {
      Object.assign(Object.prototype, polluted);
      expect(resolveOptions({ component: 'a', privacy: {}, sampling: {} }).tracing).toEqual(before);
    } finally {
      for (const key of Object.keys(polluted)) delete (Object.prototype as Record<string, unknown>)[key];
    }
  });

  it('is not moved by what happens to the object afterwards', () => {
    const given = { component: 'a', privacy: { drop: ['x'] }, sampling: { ratio: 0.5 } };
    const { tracing } = resolveOptions(given);
    given.privacy.drop.push('y');
    given.sampling.ratio = 0;
    expect(tracing).toMatchObject({ privacy: { drop: ['x'] }, sampling: { ratio: 0.5 } });
    expect(Object.isFrozen(tracing.privacy.drop)).toBe(true);
  });

  it('lets a list of the user win over the default of the other', () => {
    expect(resolveOptions({ component: 'a', privacy: { hash: ['patient.id'] } }).tracing.privacy).toMatchObject({
      hash: ['patient.id'],
      drop: ['password'],
    });
    expect(resolveOptions({ component: 'a', privacy: { drop: ['user.id'] } }).tracing.privacy).toMatchObject({
      hash: [],
      drop: ['user.id'],
    });
  });

  it('samples by environment, and all of an environment that is not named or not known, which it says', () => {
    const sampling = { byEnvironment: { dev: 0.1, prod: 1 } };
    const resolved = (environment?: string) => {
      const { tracing, notices } = resolveOptions({ component: 'a', ...(environment && { environment }), sampling });
      return [tracing.sampling.ratio, ...notices];
    };
    expect([resolved('dev'), resolved('prod')]).toEqual([[0.1], [1]]);
    const notNamed = (name: string) => expect.stringMatching(`every trace is sampled.*does not name.*"${name}"`);
    expect(resolved('stage')).toEqual([1, notNamed('stage')]);
    expect(resolved('constructor')).toEqual([1, notNamed('constructor')]);
    for (const name of VARIABLES) delete process.env[name];
    expect(resolved()).toEqual([1, expect.stringMatching(/every trace is sampled.*no environment; set .*NODE_ENV/)]);
  });
});

describe('explicit options win over variables, variables over defaults', () => {
  type Row = [name: string, variables: Record<string, string>, options: object, expected: object];
  const KEY = 'key-of-at-least-16';
  it.each<Row>([
    ['service', {}, {}, { service: 'a' }],
    ['service', { OTEL_RESOURCE_ATTRIBUTES: 'service.name=r%20s' }, {}, { service: 'r s' }],
    ['service', { OTEL_RESOURCE_ATTRIBUTES: 'service.name=%zz' }, {}, { service: 'a' }],
    ['service', { OTEL_SERVICE_NAME: 'v', OTEL_RESOURCE_ATTRIBUTES: 'service.name=r' }, {}, { service: 'v' }],
    ['service', { OTEL_SERVICE_NAME: '' }, {}, { service: 'a' }],
    ['service', { OTEL_SERVICE_NAME: 'v' }, { service: 'e' }, { service: 'e' }],
    ['version', { OTEL_RESOURCE_ATTRIBUTES: 'service.version=2' }, {}, { version: '2' }],
    ['version', { OTEL_RESOURCE_ATTRIBUTES: 'service.version=2' }, { version: '3' }, { version: '3' }],
    ['environment', { NODE_ENV: 'test' }, {}, { environment: 'test' }],
    [
      'environment',
      { NODE_ENV: 'test', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=stage' },
      {},
      { environment: 'stage' },
    ],
    ['environment', { NODE_ENV: 'test' }, { environment: 'prod' }, { environment: 'prod' }],
    ['hash key', { ONETRACE_HASH_KEY: KEY }, {}, { privacy: { hashKey: KEY } }],
    ['hash key', { ONETRACE_HASH_KEY: KEY }, { privacy: { hashKey: `${KEY}!` } }, { privacy: { hashKey: `${KEY}!` } }],
    ['export', {}, {}, { export: undefined }],
    ['export', {}, { export: 'console' }, { export: 'console' }],
  ])('%s with %j and %j is %j', (_name, variables, options, expected) => {
    for (const name of VARIABLES) delete process.env[name];
    Object.assign(process.env, variables);
    expect(resolveOptions({ component: 'a', ...options }).tracing).toMatchObject(expected);
  });

  it('says that a variable is wrong, and starts without it', () => {
    process.env['ONETRACE_HASH_KEY'] = SECRET;
    const { tracing, notices } = resolveOptions({ component: 'a' });
    expect(tracing.privacy.hashKey).toBeUndefined();
    expect(notices).toEqual(['ONETRACE_HASH_KEY has 15 characters and is not used; set a key of at least 16']);
    expect(resolveOptions({ component: 'a', privacy: { hashKey: `${SECRET}12` } }).notices).toEqual([]);
  });
});

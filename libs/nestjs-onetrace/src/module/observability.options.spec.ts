import { describe, expect, it } from '@jest/globals';
import { ObservabilityModule } from './observability.module.js';
import type { ObservabilityModuleOptions } from './observability.options.js';

const take = (options: ObservabilityModuleOptions) => () => ObservabilityModule.forRoot(options);
const component = 'gateway';

// Each line is checked twice: the compiler must refuse it, and so must the start of an application written in JavaScript.
describe('a wrong option does not compile', () => {
  it.each<[string, () => unknown]>([
    // @ts-expect-error a component is required
    ['none', take({})],
    // @ts-expect-error a text
    ['component', take({ component: 7 })],
    // @ts-expect-error an unknown option
    ['unknown', take({ component, samplng: {} })],
    // @ts-expect-error an unknown member
    ['unknown member', take({ component, sampling: { raito: 1 } })],
    // @ts-expect-error a number
    ['ratio', take({ component, sampling: { ratio: '1' } })],
    // @ts-expect-error numbers by environment
    ['byEnvironment', take({ component, sampling: { byEnvironment: { dev: 'all' } } })],
    // @ts-expect-error a number
    ['limits', take({ component, limits: { events: null } })],
    // @ts-expect-error one of three words, or an object
    ['export', take({ component, export: 'jaeger' })],
    // @ts-expect-error an address is required
    ['export without address', take({ component, export: { timeoutMs: 1 } })],
    // @ts-expect-error one of two words
    ['compression', take({ component, export: { url: 'http://a', compression: 'br' } })],
    // @ts-expect-error one of two words, a list or a function
    ['trust', take({ component, trust: 'everybody' })],
    // @ts-expect-error a list
    ['ignore', take({ component, ignore: '/health' })],
    // @ts-expect-error a list
    ['hash', take({ component, privacy: { hash: 'user.id' } })],
    // @ts-expect-error a list
    ['propagateTo', take({ component, http: { propagateTo: 'http://a' } })],
    // @ts-expect-error one of pino's levels
    ['level', take({ component, logging: { level: 'loud' } })],
    // @ts-expect-error false or an object
    ['metrics', take({ component, metrics: true })],
  ])('%s', (_name, call) => {
    expect(call).toThrow('ObservabilityModule');
  });

  it('lets every option through that is right', () => {
    const all: Required<ObservabilityModuleOptions> = {
      component,
      service: 'shop',
      version: '1.0.0',
      environment: 'prod',
      sampling: { byEnvironment: { dev: 0.1 }, trustParent: false },
      limits: { attributes: 64, attributeLength: 1024, events: 16, links: 16 },
      shutdownTimeoutMs: 0,
      export: { url: 'https://collector:4318/', headers: { 'x-key': 'v' }, timeoutMs: 1000, compression: 'gzip' },
      trust: ['10.0.0.0/8', '::1', 'fd00::/8'],
      ignore: ['/internal', /^\/admin\//],
      privacy: { hashKey: 'sixteen characters', hash: ['user.id'], drop: [], redact: ['iban', /card/] },
      http: { propagateTo: ['http://orders:3000', /^https:\/\/[a-z]+\.internal\//], traceresponse: true },
      logging: { level: 'debug', destination: { write: () => undefined } },
      metrics: { path: '/internal/metrics' },
    };
    expect(take(all)).not.toThrow();
    expect(take({ component, trust: () => true, metrics: false, export: 'console' })).not.toThrow();
  });
});

import { describe, expect, it } from '@jest/globals';
import { resolveOptions } from './resolve-options.js';

describe('options', () => {
  it('needs only a component', () => {
    expect(resolveOptions({ component: 'gateway' })).toMatchObject({
      tracing: { component: 'gateway', service: 'gateway', sampling: { ratio: undefined, trustParent: true } },
      metricsPath: '/metrics',
    });
  });

  it.each<[unknown, string]>([
    [undefined, 'ObservabilityModule option "options" is undefined; it takes an object'],
    [{}, 'ObservabilityModule option "component" is undefined; it takes a non-empty text'],
    [{ component: '' }, 'option "component" is ""'],
    [{ component: 'a', sampling: { ratio: 10 } }, 'option "sampling.ratio" is 10; it takes a number from 0 to 1'],
    [{ component: 'a', samplng: {} }, 'has no option "samplng"; it takes component, service'],
    [{ component: 'a', trust: ['10.0.0.0/99'] }, 'option "trust" is ["10.0.0.0/99"]; it takes'],
    [{ component: 'a', export: { url: 'collector:4318' } }, 'option "export" is {"url":"collector:4318"}'],
    [
      { component: 'a', metrics: { path: 'metrics' } },
      'option "metrics.path" is "metrics"; it takes a path that begins with /',
    ],
    [{ component: 'a', logging: { level: 'loud' } }, 'option "logging.level" is "loud"; it takes one of trace'],
  ])('%j stops the start with one message', (options, message) => {
    expect(() => resolveOptions(options as never)).toThrow(message);
  });
});

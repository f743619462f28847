import { describe, expect, it } from '@jest/globals';
import type { ExportOption } from '../tracing-options.js';
import { exportTargets } from './export-targets.js';
import { noticesOfEachTest } from './notices-of-each-test.fixture.js';

const PLACE = { url: 'http://collector:4318' };
const notices = noticesOfEachTest();

describe('where spans go', () => {
  it.each<[ExportOption | undefined, string | undefined, string | undefined, unknown]>([
    [undefined, undefined, undefined, ['otlp']],
    [undefined, '', undefined, ['otlp']],
    [undefined, 'console', undefined, ['console']],
    [undefined, ' otlp, console ', undefined, ['otlp', 'console']],
    [undefined, 'otlp,otlp', undefined, ['otlp']],
    [undefined, 'none', undefined, []],
    [undefined, 'none,console', undefined, ['console']],
    ['otlp', 'console', undefined, ['otlp']],
    ['console', 'none', undefined, ['console']],
    ['none', 'otlp', undefined, []],
    [PLACE, 'none', undefined, [PLACE]],
    [undefined, 'otlp', 'TRUE', []],
    [undefined, undefined, 'false', ['otlp']],
    [PLACE, undefined, 'true', [PLACE]],
  ])('option %j, OTEL_TRACES_EXPORTER %j, OTEL_SDK_DISABLED %j: %j', (option, exporter, disabled, expected) => {
    if (exporter !== undefined) process.env['OTEL_TRACES_EXPORTER'] = exporter;
    if (disabled !== undefined) process.env['OTEL_SDK_DISABLED'] = disabled;
    expect(exportTargets(option)).toEqual(expected);
    expect(notices).toEqual([]);
  });

  it('leaves out an exporter that it does not have, and says so', () => {
    process.env['OTEL_TRACES_EXPORTER'] = 'zipkin,console';
    expect(exportTargets(undefined)).toEqual(['console']);
    expect(notices).toEqual([expect.stringContaining('OTEL_TRACES_EXPORTER names "zipkin"')]);
  });
});

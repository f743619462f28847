import { describe, expect, it } from '@jest/globals';
import { otlpSettings } from './otlp-settings.js';
import { noticesOfEachTest } from './notices-of-each-test.fixture.js';

const notices = noticesOfEachTest();

describe('settings of OTLP', () => {
  it.each<[Record<string, string>, Parameters<typeof otlpSettings>[0], string]>([
    [{}, undefined, 'http://localhost:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, undefined, 'http://collector:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/' }, undefined, 'https://c/otlp/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:1/as/it/is' }, undefined, 'http://c:1/as/it/is'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://variable' }, { url: 'http://option/' }, 'http://option/v1/traces'],
    [{}, { url: 'http://option/v1/traces' }, 'http://option/v1/traces'],
    [{}, { url: 'http://option/otlp/v1/traces/' }, 'http://option/otlp/v1/traces'],
  ])('%j and option %j send to %s', (variables, option, url) => {
    Object.assign(process.env, variables);
    expect(otlpSettings(option, 30_000).url.href).toBe(url);
    expect(notices).toEqual([]);
  });

  it('takes headers, timeout and compression from variables, and the option before them', async () => {
    Object.assign(process.env, {
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=2',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=3',
      OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    const byVariables = otlpSettings(undefined, 30_000);
    expect(await byVariables.headers()).toMatchObject({ a: '1', b: '3', 'Content-Type': 'application/x-protobuf' });
    expect(byVariables).toMatchObject({ timeoutMs: 5000, gzip: true });
    const byOption = otlpSettings(
      { url: 'http://c', headers: { b: '4' }, timeoutMs: 700, compression: 'none' },
      30_000,
    );
    expect(await byOption.headers()).toMatchObject({ a: '1', b: '4' });
    expect(byOption).toMatchObject({ timeoutMs: 700, gzip: false });
    expect(otlpSettings(undefined, 300).timeoutMs).toBe(300);
  });

  it('sends JSON when asked for, and protobuf instead of gRPC, which it says with the remedy', async () => {
    process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
    expect(await otlpSettings(undefined, 1).headers()).toMatchObject({ 'Content-Type': 'application/json' });
    process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'grpc';
    expect(await otlpSettings(undefined, 1).headers()).toMatchObject({ 'Content-Type': 'application/x-protobuf' });
    expect(notices).toEqual([expect.stringMatching(/PROTOCOL is "grpc".*4318/)]);
  });

  it.each(['toString', '__proto__', 'constructor'])('knows no protocol "%s"', async (protocol) => {
    process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = protocol;
    expect(await otlpSettings(undefined, 1).headers()).toMatchObject({ 'Content-Type': 'application/x-protobuf' });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'abc'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '9999999999'],
    ['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', 'brotli'],
  ])('tells of %s=%s', (name, value) => {
    process.env[name] = value;
    expect(otlpSettings(undefined, 30_000)).toMatchObject({ gzip: false });
    expect(otlpSettings(undefined, 30_000).timeoutMs).toBeLessThanOrEqual(30_000);
    expect(notices).toEqual([expect.stringContaining(`${name} is "${value}"; it takes `)]);
  });

  it('shows no password of a wrong endpoint', () => {
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = 'grpc://user:S3CRET@collector:4317';
    otlpSettings(undefined, 1);
    expect(notices).toEqual([expect.stringContaining('ENDPOINT is "grpc://')]);
    expect(notices[0]).not.toContain('S3CRET');
  });

  it.each(['//collector', 'http//c', 'collector:4318'])(
    'goes on with the default when the endpoint is "%s"',
    (value) => {
      process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = value;
      expect(otlpSettings(undefined, 1).url.href).toBe('http://localhost:4318/v1/traces');
    },
  );

  it('says that an endpoint is no address', () => {
    process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] = 'collector:4318';
    otlpSettings(undefined, 1);
    expect(notices).toEqual([
      expect.stringMatching(
        /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is "collector:4318"; it takes an http or https address/,
      ),
    ]);
  });
});

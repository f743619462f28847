import { installedPackages } from './installed-packages.ts';

/** The newest openai package that its instrumentation knows. */
const OPENAI = '6.30.1';

/**
 * The openai package with its OpenTelemetry instrumentation, in the user's cache: it does not know the version that is
 * tested here.
 *
 * @throws {Error} with npm's last words, when they cannot be had
 */
export function instrumentedOpenAi(report: (line: string) => void): Promise<string> {
  const packages = {
    '@opentelemetry/api': '1.9.1',
    '@opentelemetry/exporter-prometheus': '0.223.0',
    '@opentelemetry/exporter-trace-otlp-proto': '0.223.0',
    '@opentelemetry/instrumentation': '0.223.0',
    '@opentelemetry/instrumentation-openai': '0.21.0',
    '@opentelemetry/instrumentation-undici': '0.33.0',
    '@opentelemetry/sdk-metrics': '2.12.0',
    '@opentelemetry/sdk-trace-node': '2.12.0',
    openai: OPENAI,
  };
  return installedPackages({ title: 'the openai package', name: 'openai', version: OPENAI, packages }, report);
}

import { genAiConventions } from '../semantics/index.js';
import type { ConnectorOptions, ResolvedConnectorOptions } from './connector.options.js';
import { headerSecrets } from './header-secrets.js';
import { checkOptions } from './option.checks.js';
import { PriceList } from './price-list.js';

/**
 * Checks the user's options and fills in what is left open.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION
 */
export function resolveConnectorOptions(options: ConnectorOptions): ResolvedConnectorOptions {
  checkOptions(options);
  const url = new URL(options.baseUrl);
  const { timeouts, retry, circuitBreaker, concurrency } = options;
  const serverPort = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const headers = lowerCaseNames({
    ...options.headers,
    ...(options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` }),
  });
  return {
    name: options.name,
    protocol: options.protocol,
    origin: url.origin,
    basePath: basePath(url.pathname, options.protocol),
    target: `${url.hostname}:${serverPort}`,
    serverAddress: url.hostname.replace(/^\[|\]$/g, ''),
    serverPort,
    headers,
    secrets: headerSecrets(Object.entries(headers)),
    timeouts: {
      connectMs: timeouts?.connectMs ?? 10_000,
      headersMs: timeouts?.headersMs ?? 60_000,
      firstTokenMs: timeouts?.firstTokenMs ?? 60_000,
      idleMs: timeouts?.idleMs ?? 30_000,
      totalMs: timeouts?.totalMs ?? 180_000,
    },
    retry: {
      maxAttempts: retry?.maxAttempts ?? 3,
      initialDelayMs: retry?.initialDelayMs ?? 200,
      maxDelayMs: Math.max(retry?.maxDelayMs ?? 5_000, retry?.initialDelayMs ?? 200),
      maxRetryAfterMs: retry?.maxRetryAfterMs ?? 30_000,
      budget:
        retry?.budget === false
          ? undefined
          : {
              ratio: retry?.budget?.ratio ?? 0.2,
              minRetries: retry?.budget?.minRetries ?? 10,
              windowMs: retry?.budget?.windowMs ?? 10_000,
            },
    },
    concurrency:
      concurrency === false
        ? undefined
        : { maxConcurrent: concurrency?.maxConcurrent ?? 256, maxQueued: concurrency?.maxQueued ?? 1_000 },
    circuitBreaker:
      circuitBreaker === false
        ? undefined
        : {
            consecutiveFailures: circuitBreaker?.consecutiveFailures ?? 10,
            halfOpenAfterMs: circuitBreaker?.halfOpenAfterMs ?? 10_000,
          },
    maxResponseBytes: options.maxResponseBytes ?? 32 * 1024 * 1024,
    maxEventCharacters: options.maxEventCharacters ?? 8 * 1024 * 1024,
    maxHeaderBytes: 16 * 1024,
    foreign: options.foreign ?? false,
    provider: options.provider ?? options.protocol,
    capturedBytes: capturedBytes(options.captureContent),
    prices: new PriceList(options.prices ?? {}),
    namedModels: options.metrics?.models === undefined ? undefined : new Set(options.metrics.models),
    conventions: genAiConventions(),
  };
}

function capturedBytes(capture: ConnectorOptions['captureContent'] = false): number | undefined {
  if (capture === false) return undefined;
  return (capture === true ? undefined : capture.maxBytes) ?? 8192;
}

/** Header names are compared in lower case, so that one header is not sent twice. */
export function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

// Clients of the OpenAI API are given `.../v1`; our paths carry it themselves.
function basePath(path: string, protocol: ConnectorOptions['protocol']): string {
  const trimmed = path.replace(/\/+$/, '');
  return protocol === 'openai' ? trimmed.replace(/\/v1$/, '') : trimmed;
}

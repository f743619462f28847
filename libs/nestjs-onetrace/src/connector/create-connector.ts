import type { ConnectorOptions, ConnectorProtocol } from './connector.options.js';
import { HttpConnector } from './http.connector.js';
import { KServeConnector } from './kserve.connector.js';
import { OpenAiConnector } from './open-ai.connector.js';
import { resolveConnectorOptions } from './options.resolver.js';

/** Which connector speaks which protocol. */
export interface ConnectorByProtocol {
  readonly openai: OpenAiConnector;
  readonly kserve: KServeConnector;
  readonly http: HttpConnector;
}

const CONNECTORS = { openai: OpenAiConnector, kserve: KServeConnector, http: HttpConnector } as const;

/**
 * Makes a connector outside Nest; `close()` it at the end.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION naming the option, what it got and what it takes.
 */
export function createConnector<P extends ConnectorProtocol>(options: ConnectorOptions<P>): ConnectorByProtocol[P] {
  const resolved = resolveConnectorOptions(options);
  return new CONNECTORS[options.protocol](resolved) as ConnectorByProtocol[P];
}

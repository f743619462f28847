import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
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

for (const [protocol, own] of Object.entries(CONNECTORS)) {
  for (const other of Object.values(CONNECTORS)) refuseMethodsOf(own, other, protocol as ConnectorProtocol);
}

/**
 * Makes a connector outside Nest; `close()` it at the end.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION naming the option, what it got and what it takes.
 */
export function createConnector<P extends ConnectorProtocol>(options: ConnectorOptions<P>): ConnectorByProtocol[P] {
  const resolved = resolveConnectorOptions(options);
  return new CONNECTORS[options.protocol](resolved) as ConnectorByProtocol[P];
}

type ConnectorClass = (typeof CONNECTORS)[ConnectorProtocol];

/**
 * Gives a class the methods that only another one has, so that who injects a connector as one of another protocol, which no compiler sees,
 * reads which it is, and not that something is no function.
 */
function refuseMethodsOf(own: ConnectorClass, other: ConnectorClass, protocol: ConnectorProtocol): void {
  for (const method of Object.getOwnPropertyNames(other.prototype)) {
    if (method in own.prototype) continue;
    Object.defineProperty(own.prototype, method, {
      configurable: true,
      async value(this: { readonly name: string }): Promise<never> {
        throw new OnetraceError(
          ERROR_CODES.invalidOption,
          `connector "${this.name}" has no method ${method}, because its protocol is '${protocol}'; inject it as ${own.name}, or correct "protocol" or the name that is injected`,
        );
      },
    });
  }
}

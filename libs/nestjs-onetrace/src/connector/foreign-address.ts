import { ERROR_CODES, OnetraceError } from '../semantics/index.js';
import type { ResolvedConnectorOptions } from './connector.options.js';

/** The error of a request of `connector.fetch` to an address that is not below the connector's base URL. */
export function foreignAddress({ name, origin, basePath }: ResolvedConnectorOptions, address: string): OnetraceError {
  const { origin: asked, pathname } = new URL(address);
  return new OnetraceError(
    ERROR_CODES.invalidOption,
    `fetch of connector "${name}" was asked for ${asked}${pathname}; it takes addresses below ${origin}${basePath}/: give the client that base URL, and for others a connector or a fetch of their own`,
  );
}

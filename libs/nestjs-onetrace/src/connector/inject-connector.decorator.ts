import { Inject } from '@nestjs/common';

const PREFIX = 'onetrace:connector:';

/** Injection token of a connector; in a test, `overrideProvider(getConnectorToken('llm'))`. */
export function getConnectorToken(name: string): string {
  return `${PREFIX}${name}`;
}

/** The name of the connector that a token is for; `undefined` for a token of something else. */
export function connectorNameOf(token: unknown): string | undefined {
  return typeof token === 'string' && token.startsWith(PREFIX) ? token.slice(PREFIX.length) : undefined;
}

/** Injects the connector that was registered under this name. */
export const InjectConnector = (name: string): ParameterDecorator & PropertyDecorator =>
  Inject(getConnectorToken(name));

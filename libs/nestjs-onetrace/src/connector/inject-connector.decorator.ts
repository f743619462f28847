import { Inject } from '@nestjs/common';

/** Injection token of a connector; in a test, `overrideProvider(getConnectorToken('llm'))`. */
export function getConnectorToken(name: string): string {
  return `onetrace:connector:${name}`;
}

/** Injects the connector that was registered under this name. */
export const InjectConnector = (name: string): ParameterDecorator & PropertyDecorator =>
  Inject(getConnectorToken(name));

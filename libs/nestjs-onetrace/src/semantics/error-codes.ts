/** Codes of the errors that Onetrace throws at the application's developer; each has a paragraph in docs/reference/errors.md. */
export const ERROR_CODES = {
  invalidOption: 'ONETRACE_INVALID_OPTION',
  duplicateModule: 'ONETRACE_DUPLICATE_MODULE',
  foreignProvider: 'ONETRACE_FOREIGN_PROVIDER',
  missingDependency: 'ONETRACE_MISSING_DEPENDENCY',
  unsupportedNode: 'ONETRACE_UNSUPPORTED_NODE',
  traceOnAccessor: 'ONETRACE_TRACE_ON_ACCESSOR',
  standardDecorator: 'ONETRACE_STANDARD_DECORATOR',
  connectorTimeout: 'ONETRACE_CONNECTOR_TIMEOUT',
  connectorRefused: 'ONETRACE_CONNECTOR_REFUSED',
  connectorNetwork: 'ONETRACE_CONNECTOR_NETWORK',
  connectorName: 'ONETRACE_CONNECTOR_NAME',
  connectorTls: 'ONETRACE_CONNECTOR_TLS',
  connectorStatus: 'ONETRACE_CONNECTOR_STATUS',
  connectorResponse: 'ONETRACE_CONNECTOR_RESPONSE',
  connectorStream: 'ONETRACE_CONNECTOR_STREAM',
  connectorCircuitOpen: 'ONETRACE_CONNECTOR_CIRCUIT_OPEN',
  connectorQueueFull: 'ONETRACE_CONNECTOR_QUEUE_FULL',
  connectorAborted: 'ONETRACE_CONNECTOR_ABORTED',
  connectorClosed: 'ONETRACE_CONNECTOR_CLOSED',
} as const;

/** Code of an error of Onetrace. */
export type OnetraceErrorCode = (typeof ERROR_CODES)[keyof typeof ERROR_CODES];

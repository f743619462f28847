/** Span names that are built in more than one place, or that a reader of traces searches for. */
export const SPAN_NAMES = {
  /** The edge proxy's part of a request. */
  edge: (method: string, target: string): string => `edge ${method} ${target}`,
  /** An HTTP server span: method and route template, or the method alone where no route matched. */
  httpServer: (method: string, route: string | undefined): string =>
    route === undefined ? method : `${method} ${route}`,
  /** A handler that something else than HTTP called. */
  handler: (className: string, handlerName: string): string => `${className}.${handlerName}`,
  /** One HTTP attempt of the connector. */
  httpClient: (method: string, target: string): string => `${method} ${target}`,
  /** A `@Trace` span without a name of its own. */
  method: (className: string, methodName: string): string =>
    className === '' ? methodName : `${className}.${methodName}`,
  /** A call to an external service by `TracingService.external`. */
  external: (service: string, operation: string): string => `${service} ${operation}`,

  startWorkflow: (type: string): string => `StartWorkflow:${type}`,
  signalWithStartWorkflow: (type: string): string => `SignalWithStartWorkflow:${type}`,
  signalWorkflow: (signal: string): string => `SignalWorkflow:${signal}`,
  queryWorkflow: (query: string): string => `QueryWorkflow:${query}`,
  startWorkflowUpdate: (update: string): string => `StartWorkflowUpdate:${update}`,
  updateWithStartWorkflow: (type: string): string => `UpdateWithStartWorkflow:${type}`,
  terminateWorkflow: 'TerminateWorkflow',
  cancelWorkflow: 'CancelWorkflow',
  describeWorkflow: 'DescribeWorkflow',
  createSchedule: (id: string): string => `CreateSchedule:${id}`,
  runWorkflow: (type: string): string => `RunWorkflow:${type}`,
  completeWorkflow: (type: string): string => `CompleteWorkflow:${type}`,
  describeActivity: 'DescribeActivity',
  cancelActivity: 'CancelActivity',
  terminateActivity: 'TerminateActivity',
  pauseActivity: 'PauseActivity',
  unpauseActivity: 'UnpauseActivity',
  updateActivityOptions: 'UpdateActivityOptions',
  restoreActivityOptions: 'RestoreActivityOptions',
  completeActivity: 'CompleteActivity',
  failActivity: 'FailActivity',
  reportActivityCancellation: 'ReportActivityCancellation',
  startNexusOperation: (service: string, operation: string): string => `StartNexusOperation:${service}/${operation}`,
  runStartNexusOperationHandler: (service: string, operation: string): string =>
    `RunStartNexusOperationHandler:${service}/${operation}`,
  runCancelNexusOperationHandler: (service: string, operation: string): string =>
    `RunCancelNexusOperationHandler:${service}/${operation}`,
  describeNexusOperation: 'DescribeNexusOperation',
  cancelNexusOperation: 'CancelNexusOperation',
  terminateNexusOperation: 'TerminateNexusOperation',
  startActivity: (type: string): string => `StartActivity:${type}`,
  runActivity: (type: string): string => `RunActivity:${type}`,
  startChildWorkflow: (type: string): string => `StartChildWorkflow:${type}`,
  signalChildWorkflow: (signal: string): string => `SignalChildWorkflow:${signal}`,
  signalExternalWorkflow: (signal: string): string => `SignalExternalWorkflow:${signal}`,
  cancelExternalWorkflow: 'CancelExternalWorkflow',
  handleSignal: (signal: string): string => `HandleSignal:${signal}`,
  handleQuery: (query: string): string => `HandleQuery:${query}`,
  /** Of an update that its validator refuses. */
  validateUpdate: (update: string): string => `ValidateUpdate:${update}`,
  handleUpdate: (update: string): string => `HandleUpdate:${update}`,
  continueAsNew: (type: string): string => `ContinueAsNew:${type}`,

  /** A tensor inference, which the GenAI conventions do not cover. */
  infer: (model: string): string => `infer ${model}`,
  /** A plain call of an HTTP connector. */
  connectorRequest: (connector: string): string => `request ${connector}`,
  /** A model call by the GenAI conventions. */
  genAi: (operation: string, model: string): string => `${operation} ${model}`,
} as const;

/** Names of span events, as the semantic conventions have them. */
export const SPAN_EVENTS = {
  exception: 'exception',
  /** A workflow waits for a time. */
  timerStarted: 'timer started',
  /** A workflow takes the new way of a patch. */
  patchApplied: 'patch applied',
  /** The consumer of a streamed answer wanted no more of it. */
  streamStopped: 'stream stopped by its consumer',
  /** A failed attempt of a model call is followed by another one, after a wait. */
  retryScheduled: 'retry scheduled',
  /** It is not, although attempts are left. */
  retryGivenUp: 'retry given up',
  /** By this call the target has failed too often in a row: it is left alone. */
  circuitOpened: 'circuit opened',
  /** This call is let through to see whether the target is back. */
  circuitHalfOpened: 'circuit half-opened',
  /** It is. */
  circuitClosed: 'circuit closed',
  /** Nobody wants the answer any more. */
  callCancelled: 'call cancelled',
} as const;

/**
 * Attribute keys of spans and resources: OpenTelemetry semantic conventions where they exist
 * (HTTP stable; GenAI as of 1.41), the official Temporal SDKs' names for Temporal, `onetrace.*` for the rest.
 */
export const ATTR = {
  serviceName: 'service.name',
  serviceVersion: 'service.version',
  serviceInstanceId: 'service.instance.id',
  deploymentEnvironment: 'deployment.environment.name',

  /** Component of the chain a span belongs to, where it differs from the resource's service. */
  component: 'onetrace.component',
  requestId: 'onetrace.request_id',
  clientId: 'onetrace.client_id',
  pipelineId: 'onetrace.pipeline_id',
  tenantId: 'onetrace.tenant_id',
  userId: 'user.id',
  foreignTraceId: 'onetrace.foreign_trace_id',

  httpRequestMethod: 'http.request.method',
  httpRequestMethodOriginal: 'http.request.method_original',
  httpRequestResendCount: 'http.request.resend_count',
  httpResponseStatusCode: 'http.response.status_code',
  httpRoute: 'http.route',
  urlPath: 'url.path',
  urlScheme: 'url.scheme',
  urlFull: 'url.full',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  clientAddress: 'client.address',
  networkPeerAddress: 'network.peer.address',
  networkProtocolVersion: 'network.protocol.version',
  userAgentOriginal: 'user_agent.original',
  errorType: 'error.type',

  methodClass: 'method.class',
  methodName: 'method.name',
  methodArgsCount: 'method.args_count',
  methodArguments: 'method.arguments',
  methodResult: 'method.result',
  methodResultType: 'method.result_type',
  methodSuccess: 'method.success',

  externalService: 'external.service',
  externalOperation: 'external.operation',
  externalResultType: 'external.result_type',
  externalSuccess: 'external.success',
  errorRecoverable: 'error.recoverable',

  temporalWorkflowId: 'temporalWorkflowID',
  temporalRunId: 'temporalRunID',
  temporalActivityId: 'temporalActivityID',
  temporalWorkflowType: 'temporal.workflow_type',
  temporalActivityType: 'temporal.activity_type',
  temporalTaskQueue: 'temporal.task_queue',
  temporalNamespace: 'temporal.namespace',
  temporalAttempt: 'temporal.attempt',

  genAiOperationName: 'gen_ai.operation.name',
  genAiProviderName: 'gen_ai.provider.name',
  genAiRequestModel: 'gen_ai.request.model',
  genAiRequestMaxTokens: 'gen_ai.request.max_tokens',
  genAiRequestTemperature: 'gen_ai.request.temperature',
  genAiRequestTopP: 'gen_ai.request.top_p',
  genAiResponseId: 'gen_ai.response.id',
  genAiResponseModel: 'gen_ai.response.model',
  genAiResponseFinishReasons: 'gen_ai.response.finish_reasons',
  genAiUsageInputTokens: 'gen_ai.usage.input_tokens',
  genAiUsageOutputTokens: 'gen_ai.usage.output_tokens',

  connectorName: 'onetrace.connector',
  connectorTarget: 'onetrace.target',
  connectorAttempts: 'onetrace.attempts',
} as const;

import '../semantics/required-node.js';
export { ConnectorError } from './connector.error.js';
export { ConnectorModule, type ConnectorFactoryResult, type ConnectorModuleAsyncOptions } from './connector.module.js';
export type { AnswerSchema, AnswerSchemas, StandardSchema } from './answer.schema.js';
export type { CallOptions, CompletionOptions, ConnectorOptions, ConnectorProtocol } from './connector.options.js';
export { type ConnectorByProtocol, createConnector } from './create-connector.js';
export { HttpConnector, type HttpConnectorRequest, type HttpConnectorResponse } from './http.connector.js';
export { getConnectorToken, InjectConnector } from './inject-connector.decorator.js';
export { KServeConnector } from './kserve.connector.js';
export type {
  GenerateRequest,
  GenerateResponse,
  InferRequest,
  InferResponse,
  InferTensor,
  ModelConfiguration,
  ModelMetadata,
  ModelOptions,
  ModelParameters,
  ModelStatistics,
  TensorMetadata,
} from './kserve.types.js';
export { modelMetricsRegistry } from '../metrics/index.js';
export type { ModelPrice } from './price-list.js';
export { OpenAiConnector } from './open-ai.connector.js';
export { ModelStream } from './model-stream.js';
export type {
  Completion,
  CompletionChunk,
  CompletionRequest,
  Embeddings,
  EmbeddingsRequest,
  ModelList,
  Reranking,
  RerankRequest,
  ScoreRequest,
  Scores,
  TokenizeRequest,
  Tokens,
} from './vllm.types.js';
export type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  ChatMessage,
  StreamedChunk,
  TokenUsage,
} from './open-ai.types.js';
export type {
  RequestedOutput,
  Tensor,
  TensorArrays,
  TensorDatatype,
  TensorInput,
  TensorRequest,
  TensorResponse,
} from './tensor.types.js';

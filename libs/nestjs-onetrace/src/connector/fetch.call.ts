import { SpanKind } from '@opentelemetry/api';
import { SPAN_NAMES } from '../semantics/index.js';
import type { AnswerReader } from './answer.watch.js';
import type { CallRequest } from './connector.call.js';
import type { FetchRequest } from './fetch.request.js';

/** A request of `connector.fetch` as a logical call. */
export interface FetchCall extends CallRequest {
  /** Reads the answer of a model beside the client; absent where the request is for no model. */
  readonly answer?: AnswerReader;
}

/** What makes of a request that came by `connector.fetch` the call of a model. */
export type ModelCallPart = Pick<FetchCall, 'spanName' | 'attributes' | 'content' | 'model' | 'answer'>;

/** Recognises the calls of models by their paths behind the base URL; `undefined` where it is none. */
export type ModelCallFinder = (path: string, request: FetchRequest) => Promise<ModelCallPart | undefined>;

/** The logical call of a request. What cannot be sent twice is sent once. */
export async function fetchCall(
  connector: string,
  path: string,
  request: FetchRequest,
  findModelCall: ModelCallFinder,
): Promise<FetchCall> {
  const { method, signal } = request;
  const part = await findModelCall(path, request);
  const common = { method, path, once: !request.isRepeatable, options: signal === undefined ? {} : { signal } };
  // As by the connector's own methods: an answer changes nothing on the server.
  if (part !== undefined) return { ...common, ...part, spanKind: SpanKind.CLIENT, idempotent: true };
  return {
    ...common,
    spanName: SPAN_NAMES.connectorRequest(connector),
    spanKind: SpanKind.INTERNAL,
    attributes: {},
    idempotent: method !== 'POST' && method !== 'PATCH',
  };
}

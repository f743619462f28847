import { SpanKind } from '@opentelemetry/api';
import { SPAN_NAMES } from '../semantics/index.js';
import { ResponseProblem } from './connector.call.js';
import { Connector } from './connector.js';
import type { CallOptions } from './connector.options.js';
import { readJsonObject } from './json-response.js';
import type { InferOptions, InferRequest, InferResponse } from './kserve.types.js';

/** Calls servers of the KServe v2 protocol, such as Triton and MLServer. */
export class KServeConnector extends Connector {
  /**
   * `POST /v2/models/{model}[/versions/{version}]/infer` with JSON tensors.
   *
   * @throws ConnectorError when the call failed for good
   */
  async infer(model: string, body: InferRequest, options: InferOptions & CallOptions = {}): Promise<InferResponse> {
    const version = options.version === undefined ? '' : `/versions/${encodeURIComponent(options.version)}`;
    return this.run<InferResponse>({
      spanName: SPAN_NAMES.infer(model),
      spanKind: SpanKind.CLIENT,
      attributes: {},
      model,
      method: 'POST',
      path: `/v2/models/${encodeURIComponent(model)}${version}/infer`,
      body: (requestId) => JSON.stringify({ id: requestId, ...body }),
      idempotent: true,
      options,
      read: (response) => {
        const inference = readJsonObject(response);
        if (!Array.isArray(inference['outputs'])) throw new ResponseProblem('its body has no list of outputs');
        return inference as unknown as InferResponse;
      },
      describe: ({ model_version: modelVersion }) => ({ attributes: {}, extra: { model_version: modelVersion } }),
    });
  }
}

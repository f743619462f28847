import { type Context, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import type { ServerSpan } from './server-span.js';
import type { ServerTracing } from './server-tracing.js';

/** What Triton's spans say of a request. */
export interface InferSubject {
  readonly model: string;
  readonly version: string;
  readonly requestId: string | undefined;
}

/**
 * Triton's spans under `rate=0`: `InferRequest`, in it one with the model's name, in it `compute`; none for a request
 * without a valid context. The sampled flag is ignored, and a failing model leaves the status unset.
 */
export function startInferRequestSpan(
  tracing: ServerTracing,
  headers: NodeJS.Dict<string | string[]>,
  { model, version, requestId }: InferSubject,
): ServerSpan | undefined {
  const extracted = tracing.extract(headers);
  const sent = trace.getSpanContext(extracted);
  if (sent === undefined) return undefined;
  const tracer = tracing.tracer('triton-server');
  const parent = trace.setSpanContext(extracted, { ...sent, traceFlags: TraceFlags.SAMPLED });
  const received = Date.now();
  const server = { kind: SpanKind.SERVER, startTime: received };
  const request = tracer.startSpan('InferRequest', server, parent);
  request.addEvent('HTTP_RECV_START', received).addEvent('HTTP_RECV_END', received);

  const execute = (inRequest: Context, answered: number): void => {
    const execution = tracer.startSpan(model, server, inRequest);
    execution.setAttributes({ 'triton.model_name': model, 'triton.model_version': Number(version) });
    if (requestId !== undefined) execution.setAttribute('triton.request_id', requestId);
    execution.addEvent('REQUEST_START', received).addEvent('QUEUE_START', received);
    const compute = tracer.startSpan('compute', server, trace.setSpan(inRequest, execution));
    compute.addEvent('COMPUTE_START', received).addEvent('COMPUTE_INPUT_END', received);
    compute.addEvent('COMPUTE_OUTPUT_START', answered).addEvent('COMPUTE_END', answered);
    compute.end(answered);
    execution.addEvent('REQUEST_END', answered).end(answered);
  };

  return {
    context: request.spanContext(),
    finish: (answer) => {
      const recorded = answer.trace ?? (answer.status === 200 || answer.status === 500 ? 'execution' : 'nothing');
      if (recorded === 'nothing') return;
      const answered = Date.now();
      if (recorded === 'execution') {
        execute(trace.setSpan(parent, request), answered);
        const responses = 'events' in answer ? answer.events.length : 1;
        for (let sent = 0; sent < responses; sent += 1) {
          request.addEvent('INFER_RESPONSE_COMPLETE', answered);
          request.addEvent('HTTP_SEND_START', answered).addEvent('HTTP_SEND_END', answered);
        }
        // The end of a stream is a response of its own, of which nothing is sent.
        if ('events' in answer && answer.trace === 'execution') request.addEvent('INFER_RESPONSE_COMPLETE', answered);
      }
      request.end(answered);
    },
  };
}

import { context, trace } from '@opentelemetry/api';
import { DEBUGGED, getIdentity, isDebugged } from '../../context/index.js';
import { BAGGAGE_KEYS, hasValidIds } from '../../semantics/index.js';
import { safely } from '../../tracing/index.js';

/** Adds the trace to lines that an activity, or a Nexus handler, writes with the SDK's own `log`. Metric tags never get IDs. */
export class ActivityOutboundInterceptor {
  getLogAttributes(
    input: Record<string, unknown>,
    next: (input: Record<string, unknown>) => Record<string, unknown>,
  ): Record<string, unknown> {
    return next({ ...input, ...safely('temporal.activity', traceFields) });
  }
}

function traceFields(): Record<string, string> {
  // Asked for with each line that the SDK might write, most of which are never written.
  const ctx = context.active();
  const spanContext = trace.getSpanContext(ctx);
  const { clientId, pipelineId, tenantId, userId } = getIdentity(ctx);
  return {
    ...(spanContext !== undefined && hasValidIds(spanContext)
      ? { trace_id: spanContext.traceId, span_id: spanContext.spanId }
      : {}),
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(pipelineId === undefined ? {} : { pipeline_id: pipelineId }),
    ...(tenantId === undefined ? {} : { tenant_id: tenantId }),
    ...(userId === undefined ? {} : { user_id: userId }),
    // The SDK hands its lines over later, outside of this context.
    ...(isDebugged(ctx) ? { [BAGGAGE_KEYS.logLevel]: DEBUGGED } : {}),
  };
}

import type { IncomingMessage } from 'node:http';
import type { SpanContext } from '@opentelemetry/api';
import type { LineFields, LineWriter } from './line.writer.js';
import type { Answer } from './answer.js';
import type { ModelCall } from './model-call.js';
import type { ServerSpan } from './tracing/server-span.js';

/** The lines of one request; never the prompt or the answer. */
export class RequestLog {
  private readonly started = performance.now();
  private readonly parentSpanId: string | undefined;
  private readonly fields: LineFields;
  private readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    private readonly lines: LineWriter,
    request: IncomingMessage,
    call: ModelCall,
    span: ServerSpan | undefined,
    /** What `traceparent` said; a request without a span of the server's is still found by it. */
    carried: SpanContext | undefined,
  ) {
    this.parentSpanId = carried?.spanId;
    this.fields = { trace_id: span?.context.traceId ?? carried?.traceId, span_id: span?.context.spanId };
    this.extra = {
      method: request.method,
      route: call.route,
      model: call.model,
      request_id: request.headers['x-request-id'],
    };
  }

  received(): void {
    this.lines('INFO', 'request received', {
      ...this.fields,
      parent_span_id: this.parentSpanId,
      extra: this.extra,
    });
  }

  completed({ status, usage }: Answer): void {
    this.lines(status >= 500 ? 'ERROR' : status >= 400 ? 'WARN' : 'INFO', 'request completed', {
      ...this.fields,
      duration_ms: this.elapsed(),
      extra: {
        ...this.extra,
        status,
        ...(usage && { input_tokens: usage.promptTokens, output_tokens: usage.completionTokens }),
      },
    });
  }

  /** The client left, or the connection was destroyed, before the answer was sent. */
  aborted(): void {
    this.lines('WARN', 'request aborted', { ...this.fields, duration_ms: this.elapsed(), extra: this.extra });
  }

  private elapsed(): number {
    return Math.round((performance.now() - this.started) * 1000) / 1000;
  }
}

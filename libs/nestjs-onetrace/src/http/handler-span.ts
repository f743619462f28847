import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Observable } from 'rxjs';
import { ATTR, SPAN_NAMES } from '../semantics/index.js';
import { inSpan, NamedCall } from '../tracing/index.js';

/** What a transport says of a call beyond its handler. */
interface Transport {
  readonly kind: SpanKind;
  attributes?(execution: ExecutionContext): Attributes;
}

/** Transports of which more is known than that a handler was called; a new one is a row here. */
const TRANSPORTS: Readonly<Record<string, Transport>> = {};
const ANY_TRANSPORT: Transport = { kind: SpanKind.INTERNAL };

/** Runs a handler that something else than HTTP called inside a span of its own, under whatever span is active. */
export function traceHandler(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
  const type: string = execution.getType();
  const transport = TRANSPORTS[type] ?? ANY_TRANSPORT;
  const name = SPAN_NAMES.handler(execution.getClass().name, execution.getHandler().name);
  const options = {
    kind: transport.kind,
    attributes: { [ATTR.transport]: type, ...transport.attributes?.(execution) },
  };
  return inSpan(new NamedCall(name, options), () => next.handle());
}

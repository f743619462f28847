import { createHmac } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  trace,
} from '@opentelemetry/api';
import { currentTraceId } from '../context/index.js';
import { ATTR } from '../semantics/index.js';
import { noticeOnce } from './notice.js';
import { callInSpan } from './traced-call.js';
import { getTracer } from './tracer.js';

/** Injection token of the key with which `TracingService.hash` hashes; `undefined` where none is set. */
export const HASH_KEY = Symbol.for('onetrace.HASH_KEY');

/** Options of `TracingService.external`. */
export interface ExternalCallOptions {
  readonly attributes?: Attributes;
  /** Whether the caller can recover from this error (a retry, a fallback); written as `error.recoverable`. */
  readonly recoverable?: (error: unknown) => boolean;
}

/** Spans of the application's own making: business steps and calls to external services. */
@Injectable()
export class TracingService {
  constructor(@Optional() @Inject(HASH_KEY) private readonly hashKey?: string) {}

  /**
   * Runs a function inside a new span that ends with it: at once, when its Promise settles, or with the subscription
   * of its Observable. What it returns or throws passes through.
   */
  startActiveSpan<T>(name: string, fn: (span: Span) => T): T;
  startActiveSpan<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T;
  startActiveSpan<T>(name: string, ...rest: [(span: Span) => T] | [SpanOptions, (span: Span) => T]): T {
    const [options, fn] = rest.length === 1 ? [{}, rest[0]] : rest;
    return callInSpan(() => getTracer().startSpan(name, options), fn);
  }

  /** A CLIENT span around a call to an external service, named `service operation`. */
  external<T>(service: string, operation: string, fn: (span: Span) => T, options: ExternalCallOptions = {}): T {
    return callInSpan(
      () =>
        getTracer().startSpan(`${service} ${operation}`, {
          kind: SpanKind.CLIENT,
          attributes: { [ATTR.externalService]: service, [ATTR.externalOperation]: operation, ...options.attributes },
        }),
      fn,
      {
        succeeded: (span, value) => {
          span.setAttribute(ATTR.externalSuccess, true);
          span.setAttribute(ATTR.externalResultType, value === null ? 'null' : typeof value);
        },
        failed: (span, error) => {
          span.setAttribute(ATTR.externalSuccess, false);
          if (options.recoverable) span.setAttribute(ATTR.errorRecoverable, options.recoverable(error));
        },
      },
    );
  }

  /** Trace ID of the active span, sampled or not; `undefined` outside every trace. */
  currentTraceId(): string | undefined {
    return currentTraceId();
  }

  /** Sets an attribute on the active span; nothing where there is none. */
  setAttribute(key: string, value: AttributeValue): void {
    trace.getActiveSpan()?.setAttribute(key, value);
  }

  /** Adds an event to the active span; nothing where there is none. */
  addEvent(name: string, attributes?: Attributes): void {
    trace.getActiveSpan()?.addEvent(name, attributes);
  }

  /** Links the active span to another one. */
  addLink(spanContext: SpanContext, attributes?: Attributes): void {
    trace.getActiveSpan()?.addLink({ context: spanContext, ...(attributes === undefined ? {} : { attributes }) });
  }

  /**
   * Keyed hash (HMAC-SHA-256, 32 hexadecimal digits) of a value that must not be recorded itself, such as a user ID.
   * Without `privacy.hashKey` there is none: an unkeyed hash of a short ID can be undone by trying all of them.
   */
  hash(value: string): string | undefined {
    if (this.hashKey === undefined) {
      noticeOnce(
        'hash-key',
        'a value was not recorded because no hash key is set; set `privacy.hashKey` or ONETRACE_HASH_KEY',
      );
      return undefined;
    }
    return createHmac('sha256', this.hashKey).update(value).digest('hex').slice(0, 32);
  }
}

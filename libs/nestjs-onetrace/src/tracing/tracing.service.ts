import { Injectable } from '@nestjs/common';
import {
  type Attributes,
  type AttributeValue,
  type Context,
  context,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  trace,
} from '@opentelemetry/api';
import { currentTraceId, hashIdentifier } from '../context/index.js';
import { ATTR, SPAN_NAMES } from '../semantics/index.js';
import { type ComplianceDescription, complianceAttributes } from './compliance-attributes.js';
import { isRecoverable } from './recoverable-error.js';
import { NamedCall, OutcomeCall } from './named-call.js';
import { safely } from './safely.js';
import { inSpan } from './traced-call.js';

/** What a business step or a call to an external service says of itself. */
export interface WorkDescription extends ComplianceDescription {
  readonly attributes?: Attributes;
  /** Whom the work is for; written as `user.id`, hashed, and left out where no hash key is set. */
  readonly userId?: string | number | null;
  /** Whether the caller can recover from this error (a retry, a fallback); written as `error.recoverable`. Default: `TracingService.recoverable`. */
  readonly recoverable?: (error: unknown) => boolean;
}

/** Options of `TracingService.external`. */
export type ExternalCallOptions = WorkDescription;

/** Spans of the application's own making: business steps and calls to external services. */
@Injectable()
export class TracingService {
  /**
   * Runs a function inside a new span that ends with it: at once, when its Promise settles, or with the subscription
   * of its Observable. What it returns or throws arrives unchanged, and what it throws is recorded. The function need not end the span.
   */
  startActiveSpan<T>(name: string, fn: (span: Span) => T): T;
  startActiveSpan<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T;
  startActiveSpan<T>(name: string, options: SpanOptions, parent: Context, fn: (span: Span) => T): T;
  startActiveSpan<T>(
    name: string,
    ...rest: [(span: Span) => T] | [SpanOptions, (span: Span) => T] | [SpanOptions, Context, (span: Span) => T]
  ): T {
    if (rest.length === 1) return inSpan(new NamedCall(name, {}), rest[0]);
    if (rest.length === 2) return inSpan(new NamedCall(name, rest[0]), rest[1]);
    const [options, parent, fn] = rest;
    return context.with(parent, () => inSpan(new NamedCall(name, options), fn));
  }

  /**
   * A span around a step of the business (`sleep.analysis`), with what an auditor asks: whom it was for, on what data, under which
   * rules, whether it succeeded, with what kind of result, and whether its error passes.
   */
  business<T>(name: string, fn: (span: Span) => T, description: WorkDescription = {}): T {
    const options = { kind: SpanKind.INTERNAL, attributes: attributesOf(description) };
    return inSpan(
      new OutcomeCall(name, options, judgementOf(description), {
        success: ATTR.operationSuccess,
        resultType: ATTR.operationResultType,
      }),
      fn,
    );
  }

  /** A CLIENT span around a call to an external service, named `service operation`. */
  external<T>(service: string, operation: string, fn: (span: Span) => T, options: ExternalCallOptions = {}): T {
    const spanOptions = {
      kind: SpanKind.CLIENT,
      attributes: {
        [ATTR.externalService]: service,
        [ATTR.externalOperation]: operation,
        ...attributesOf(options),
      },
    };
    return inSpan(
      new OutcomeCall(SPAN_NAMES.external(service, operation), spanOptions, judgementOf(options), {
        success: ATTR.externalSuccess,
        resultType: ATTR.externalResultType,
      }),
      fn,
    );
  }

  /** Trace ID of the active span, sampled or not; `undefined` outside every trace. */
  currentTraceId(): string | undefined {
    return currentTraceId();
  }

  /** Sets an attribute on the active span; nothing where there is none. */
  setAttribute(key: string, value: AttributeValue): void {
    safely('setAttribute', () => trace.getActiveSpan()?.setAttribute(key, value));
  }

  /** Adds an event to the active span; nothing where there is none. */
  addEvent(name: string, attributes?: Attributes): void {
    safely('addEvent', () => trace.getActiveSpan()?.addEvent(name, attributes));
  }

  /** Links the active span to another one; nothing where there is none. */
  addLink(spanContext: SpanContext, attributes?: Attributes): void {
    safely('addLink', () =>
      trace.getActiveSpan()?.addLink({ context: spanContext, ...(attributes === undefined ? {} : { attributes }) }),
    );
  }

  /**
   * Keyed hash (HMAC-SHA-256, `hmac:` and 32 hexadecimal digits) of a value that must not be recorded itself, such as a user ID. What is
   * hashed already comes back as it is. Without `privacy.hashKey` there is none, and one notice says so: an unkeyed hash of a short
   * ID can be undone by trying all of them.
   */
  hash(value: string | number | bigint | null | undefined): string | undefined {
    return hashIdentifier(value);
  }

  /**
   * Whether the same call may succeed later: by the error's own word (`retryable`), by its code or class (a timeout, a connection
   * that broke, a rate limit), by the HTTP status it carries (408, 425, 429, 502, 503, 504), or by its cause.
   */
  recoverable(error: unknown): boolean {
    return isRecoverable(error);
  }
}

// What describes the work comes from the application's data: whatever is wrong with it, the work itself must run.
function attributesOf(description: WorkDescription): Attributes {
  const read = (): Attributes => {
    const userId = hashIdentifier(description.userId, ATTR.userId);
    return {
      ...complianceAttributes(description),
      ...(userId === undefined ? {} : { [ATTR.userId]: userId }),
      ...description.attributes,
    };
  };
  return safely('span attributes', read) ?? {};
}

function judgementOf(description: WorkDescription): (error: unknown) => boolean {
  return safely('span options', () => description.recoverable) ?? isRecoverable;
}

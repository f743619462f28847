import { type Context, context, type Span, SpanKind, trace } from '@opentelemetry/api';
import { suppressTracing } from '../context/index.js';
import { componentLogger, tellsStart } from '../logging/index.js';
import { ATTR, COMPONENTS, MESSAGES, SPAN_NAMES } from '../semantics/index.js';
import { recordFailure, safely } from '../tracing/index.js';
import { attemptHeaders, attemptRequestId } from './attempt.headers.js';
import type { CallDeadline } from './call-deadline.js';
import type { CallPosition, ConnectorErrors } from './connector-error.factory.js';
import { type ConnectorCall, ResponseProblem } from './connector.call.js';
import type { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { endConnectorSpan, startConnectorSpan } from './connector.span.js';
import { maskQuotes } from './content.mask.js';
import { elapsedMs } from './elapsed.js';
import { ExchangeFailure } from './exchange.failure.js';
import { lowerCaseNames } from './options.resolver.js';
import { parseRetryAfter } from './retry-after.js';
import { readServerError } from './server-error.reader.js';
import type { OutgoingRequest, ReceivedResponse, Transport } from './transport.js';

const lines = componentLogger(COMPONENTS.connector);

/** One attempt of a call. */
export interface Attempt<T> {
  readonly call: ConnectorCall<T>;
  readonly deadline: CallDeadline;
  /** The context with the call's own span. */
  readonly parent: Context;
  readonly position: CallPosition;
  /** Milliseconds until the next attempt; `undefined` when there is none. */
  planRetry(error: ConnectorError): number | undefined;
}

/** A 2xx response, and what makes the server's words fit to be written. */
interface Answer {
  readonly response: ReceivedResponse;
  readonly mask: (words: string) => string;
}

/** Runs single attempts: an HTTP CLIENT span whose context is sent along, and a pair of lines. */
export class AttemptRunner {
  constructor(
    private readonly options: ResolvedConnectorOptions,
    private readonly transport: Transport,
    private readonly errors: ConnectorErrors,
  ) {}

  /** @throws ConnectorError */
  async run<T>(attempt: Attempt<T>): Promise<T> {
    const span = this.startSpan(attempt);
    const active = trace.setSpan(attempt.parent, span);
    return context.with(active, () => this.observed(attempt, span, active));
  }

  private async observed<T>(attempt: Attempt<T>, span: Span, active: Context): Promise<T> {
    const { call, position, parent } = attempt;
    const started = performance.now();
    const requestId = attemptRequestId(active, parent);
    const extra = {
      connector: this.options.name,
      target: this.options.target,
      method: call.method,
      path: call.path,
      model: call.model,
      request_id: requestId,
    };
    const line = { attempt: position.attempts };
    if (tellsStart('modelCalls'))
      lines.info(MESSAGES.modelRequestSent, { ...line, parent_span_id: trace.getSpanContext(parent)?.spanId, extra });
    let answer: Answer | undefined;
    try {
      answer = await this.exchange(attempt, requestId, active);
      const { response } = answer;
      const { status } = response;
      safely('connector span', () => span.setAttribute(ATTR.httpResponseStatusCode, status));
      const value = call.read(response);
      lines.info(MESSAGES.modelResponseReceived, {
        ...line,
        duration_ms: elapsedMs(started),
        extra: { ...extra, status, bytes: response.body.length },
      });
      return value;
    } catch (thrown) {
      const error = this.toError(thrown, attempt, answer);
      const retryInMs = attempt.planRetry(error);
      recordFailure(span, error);
      const { code, retryable } = error;
      const failed = error.status;
      if (failed !== undefined) {
        safely('connector span', () => span.setAttribute(ATTR.httpResponseStatusCode, failed));
        // By the HTTP conventions the status is the type of an error response.
        if (failed > 299) safely('connector span', () => span.setAttribute(ATTR.errorType, String(failed)));
      }
      lines.warn(MESSAGES.modelRequestFailed, {
        ...line,
        duration_ms: elapsedMs(started),
        error,
        extra: { ...extra, status: failed, error_code: code, retryable, retry_in_ms: retryInMs },
      });
      throw error;
    } finally {
      endConnectorSpan(span);
    }
  }

  private async exchange<T>(attempt: Attempt<T>, requestId: string, active: Context): Promise<Answer> {
    const { call, deadline, position } = attempt;
    const { origin, basePath, headers, foreign, secrets } = this.options;
    const configured = { ...headers, ...lowerCaseNames(call.options.headers ?? {}) };
    const body = call.body?.(requestId);
    if (body !== undefined) configured['content-type'] ??= call.contentType ?? 'application/json';
    const outgoing: OutgoingRequest = {
      method: call.method,
      url: `${origin}${basePath}${call.path}${call.query ?? ''}`,
      headers: attemptHeaders(active, requestId, configured, foreign),
      body,
    };
    // This attempt has its span: an automatic instrumentation of undici must not add a second one.
    const response = await context.with(suppressTracing(active), () =>
      this.transport.exchange(outgoing, deadline.signal),
    );
    const { status } = response;
    const allSecrets = [...secrets, ...Object.values(call.options.headers ?? {})];
    if (status >= 200 && status <= 299) return { response, mask: (words) => maskQuotes(words, body ?? '', allSecrets) };
    const words = readServerError(response.body.toString('utf8'), body ?? '', allSecrets);
    throw this.errors.ofStatus(position, status, words, parseRetryAfter(response.headers['retry-after']));
  }

  private toError<T>(thrown: unknown, { deadline, position }: Attempt<T>, answer: Answer | undefined): ConnectorError {
    if (thrown instanceof ExchangeFailure) return this.errors.ofExchange(thrown, position, deadline);
    if (answer !== undefined && thrown instanceof ResponseProblem)
      return this.errors.ofResponse(position, answer.response.status, thrown.masked(answer.mask));
    return thrown as ConnectorError;
  }

  private startSpan<T>({ call, position, parent }: Attempt<T>): Span {
    const { origin, basePath, target, serverAddress, serverPort, name } = this.options;
    const resends = position.attempts - 1;
    const attributes = {
      [ATTR.httpRequestMethod]: call.method,
      [ATTR.urlFull]: `${origin}${basePath}${call.path}`,
      [ATTR.serverAddress]: serverAddress,
      [ATTR.serverPort]: serverPort,
      [ATTR.connectorName]: name,
      ...(resends === 0 ? {} : { [ATTR.httpRequestResendCount]: resends }),
    };
    return startConnectorSpan(SPAN_NAMES.httpClient(call.method, target), SpanKind.CLIENT, attributes, parent);
  }
}

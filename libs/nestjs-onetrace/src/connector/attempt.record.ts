import { type Context, type Span, SpanKind } from '@opentelemetry/api';
import { withSpan } from '../context/index.js';
import { componentLogger, LINE_CONTEXT, LINE_MAY_WAIT, tellsStart } from '../logging/index.js';
import { ATTR, COMPONENTS, ERROR_CODES, MESSAGES, SPAN_NAMES } from '../semantics/index.js';
import { recordFailure, safely } from '../tracing/index.js';
import { attemptRequestId } from './attempt.headers.js';
import { type Canceller, isWithItsWork } from './call-deadline.js';
import type { CallPosition } from './connector-error.factory.js';
import type { CallRequest } from './connector.call.js';
import type { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { endConnectorSpan, markCancelled, spanIdOf, startConnectorSpan } from './connector.span.js';
import { elapsedMs } from './elapsed.js';

const lines = componentLogger(COMPONENTS.connector);

/** What one attempt leaves behind: an HTTP CLIENT span whose context is sent along, and a pair of lines. It ends once. */
export class AttemptRecord {
  /** The context with the attempt's span. A stream ends wherever its consumer happens to be: its lines are the attempt's all the same. */
  readonly context: Context;
  readonly requestId: string;
  private readonly span: Span;
  private readonly started = performance.now();
  private status: number | undefined;
  private readonly attempt: number;
  private readonly extra: Readonly<Record<string, unknown>>;

  /** @param parent the context with the call's own span. */
  constructor(options: ResolvedConnectorOptions, call: CallRequest, parent: Context, position: CallPosition) {
    this.span = startSpan(options, call, parent, position);
    this.context = withSpan(parent, this.span);
    this.requestId = attemptRequestId(this.context, parent);
    this.attempt = position.attempts;
    this.extra = {
      connector: options.name,
      target: options.target,
      method: call.method,
      path: call.path,
      model: call.model,
      request_id: this.requestId,
    };
    if (!tellsStart('modelCalls')) return;
    // Nothing comes of the request before this turn of the event loop is over.
    lines.info(MESSAGES.modelRequestSent, {
      [LINE_CONTEXT]: this.context,
      [LINE_MAY_WAIT]: true,
      attempt: this.attempt,
      parent_span_id: spanIdOf(parent),
      extra: this.extra,
    });
  }

  /** The server has answered with this status. */
  answered(status: number): void {
    this.status = status;
    safely('connector span', () => this.span.setAttribute(ATTR.httpResponseStatusCode, status));
  }

  completed(status: number, bytes: number, more: Readonly<Record<string, unknown>> = {}): void {
    // Nobody looks for it after a crash: it says that nothing is wrong.
    lines.info(MESSAGES.modelResponseReceived, {
      [LINE_CONTEXT]: this.context,
      [LINE_MAY_WAIT]: true,
      attempt: this.attempt,
      duration_ms: elapsedMs(this.started),
      extra: { ...this.extra, status, bytes, ...more },
    });
    endConnectorSpan(this.span);
  }

  /** @param cancelledBy who has given the call up, if somebody has. */
  failed(error: ConnectorError, retryInMs: number | undefined, cancelledBy: Canceller | undefined): void {
    const { code, retryable, status } = error;
    const isCancelled = code === ERROR_CODES.connectorAborted && isWithItsWork(cancelledBy);
    if (isCancelled) markCancelled(this.span);
    else recordFailure(this.span, error);
    // What a server says in a stream that began with 200 is not the status of its response.
    if (status !== undefined && this.status === undefined) this.answered(status);
    // By the HTTP conventions the status is the type of an error response.
    if (this.status !== undefined && this.status > 299)
      safely('connector span', () => this.span.setAttribute(ATTR.errorType, String(this.status)));
    const extra = { ...this.extra, status, error_code: code, retryable, retry_in_ms: retryInMs };
    const { attempt, context } = this;
    const fields = { [LINE_CONTEXT]: context, attempt, duration_ms: elapsedMs(this.started), extra };
    if (isCancelled) lines.info(MESSAGES.modelRequestCancelled, fields);
    else lines.warn(MESSAGES.modelRequestFailed, { ...fields, error });
    endConnectorSpan(this.span);
  }
}

function startSpan(
  { origin, basePath, target, serverAddress, serverPort, name }: ResolvedConnectorOptions,
  call: CallRequest,
  parent: Context,
  position: CallPosition,
): Span {
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

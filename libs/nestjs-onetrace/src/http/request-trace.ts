import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { type Context, context, type Span, type SpanContext } from '@opentelemetry/api';
import { getIdentity, withComponent, withSpan } from '../context/index.js';
import type { HttpMetrics } from '../metrics/index.js';
import { ATTR, UNMATCHED_ROUTE } from '../semantics/index.js';
import { noticeOnce, safely } from '../tracing/index.js';
import { type BodyBytes, countBodyBytes } from './body-bytes.js';
import { onConnectionClose } from './connection-close.js';
import { type EdgeVisit, exportEdgeSpan, readEdgeVisit } from './edge-span.js';
import type { HttpSettings, RequestLineRules } from './http-settings.js';
import { readIncoming } from './incoming-context.js';
import { cutOffReason, interruptionOf, isOffConnection } from './interruption.js';
import { type ActiveRequest, emitInContext, withRequest } from './request-context.js';
import { logRequestEnded, logRequestStarted, type RequestSubject } from './request-lines.js';
import { readOrigin } from './request-origin.js';
import { describeOutcome, type RequestOutcome, startRequestSpan } from './request-span.js';
import { answerTraceHeaders } from './response-headers.js';
import { refusalReason } from './refusal.js';
import { matchedRoute } from './route-template.js';

/** Status in the metrics of a request whose client left before it was answered, after nginx. */
const CLIENT_CLOSED_REQUEST = 499;
/** The same for a request that the server itself cut off before it answered. */
const SERVER_ERROR = 500;
const LONGEST_PATH = 512;
/** Answers that have no body whatever the application writes: Node.js drops it. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304]);

/** One request while it is in the process: its span, its context, and its single end. */
export class RequestTrace implements ActiveRequest, RequestSubject {
  readonly kind = 'request';
  readonly context: Context;
  readonly component: string;
  readonly method: string;
  readonly path: string;
  readonly lines: RequestLineRules;
  private readonly startedAt = performance.now();
  private readonly startTimeMs = Date.now();
  private readonly span: Span;
  private readonly edge: EdgeVisit | undefined;
  private route: string | undefined;
  private failure: { readonly thrown: unknown; readonly afterHeaders: boolean } | undefined;
  private timedOut = false;
  private readonly sources: Readable[] = [];
  private ended = false;
  private cancelled: AbortController | undefined;

  private readonly existing: Span | undefined;
  private readonly forgetConnection: () => void;
  private readonly bytes: BodyBytes;

  /** @param found the SERVER span that an instrumentation beside us has started for this request. */
  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    path: string,
    settings: HttpSettings,
    private readonly metrics: HttpMetrics | undefined,
    found: Span | undefined,
  ) {
    const trusted = settings.isTrusted(request);
    const read = readIncoming(request.headers, trusted, settings.debugHeader);
    const around = withComponent(read.parent, settings.component);
    const incoming = around === read.parent ? read : { ...read, parent: around };
    this.component = settings.component;
    this.lines = settings.lines;
    this.method = request.method ?? 'GET';
    this.path = path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH - 1)}…` : path;
    this.edge = incoming.remote && readEdgeVisit(request.headers, incoming.remote, this.startTimeMs);
    this.existing = continues(found, incoming.remote) ? found : undefined;
    const origin = readOrigin(request, trusted, settings);
    this.span = startRequestSpan(request, this.path, incoming, origin, this.existing);
    const { traceId } = this.spanContext;
    const requestId = incoming.identity.requestId ?? traceId;
    this.span.setAttribute(ATTR.requestId, requestId);
    const parent = this.existing === undefined ? incoming.parent : context.active();
    this.context = withRequest(withSpan(parent, this.span), incoming.identity, requestId, this);
    answerTraceHeaders(request, response, this.spanContext, requestId, settings.traceresponse);
    this.bytes = countBodyBytes(request, response);
    emitInContext(request, this.context);
    emitInContext(response, this.context, (event, argument) => this.observe(event, argument));
    this.forgetConnection = onConnectionClose(request, () => this.end(true));
    logRequestStarted(this, incoming.remote?.spanId, incoming.foreign?.traceId);
  }

  get spanContext(): SpanContext {
    return this.span.spanContext();
  }

  failed(error: unknown): void {
    this.failure ??= { thrown: error, afterHeaders: this.response.headersSent };
  }

  /** Made for who asks: most requests make no calls. */
  cancellation(): AbortSignal | undefined {
    return this.ended ? undefined : (this.cancelled ??= new AbortController()).signal;
  }

  /** The template of the route that the request takes, as soon as it is known. */
  matched(route: string | undefined): void {
    this.route = route ?? this.route;
  }

  /** A stream that the answer is read from: should the server cut the answer off, it may know why. */
  readsFrom(source: Readable): void {
    this.sources.push(source);
  }

  /** Before the listeners of an event of the response are called: an instrumentation beside us ends its span in one of them. */
  private observe(event: string | symbol, argument: unknown): void {
    if (event === 'finish') this.end(isCutOff(this.response));
    else if (event === 'close') this.end(true);
    else if (event === 'timeout') this.timedOut = true;
    else if (event === 'pipe') this.readsFrom(argument as Readable);
  }

  private end(interrupted: boolean): void {
    if (this.ended) return;
    this.ended = true;
    this.forgetConnection();
    if (interrupted)
      safely('request cancellation', () =>
        this.cancelled?.abort(new Error('the request was broken off, most often by its client')),
      );
    safely('request end', () => {
      const outcome = this.outcome(interrupted);
      const durationMs = performance.now() - this.startedAt;
      describeOutcome(this.span, this.method, outcome, getIdentity(this.context));
      if (this.existing === undefined) this.span.end();
      logRequestEnded(this, outcome, durationMs);
      this.metrics?.observe({
        method: this.method,
        route: outcome.route ?? UNMATCHED_ROUTE,
        status: outcome.status ?? (outcome.interrupted === 'cut_off' ? SERVER_ERROR : CLIENT_CLOSED_REQUEST),
        durationMs,
      });
      if (this.edge === undefined) return;
      exportEdgeSpan(this.edge, {
        method: this.method,
        target: outcome.route ?? this.path,
        status: outcome.status,
        endTimeMs: Date.now(),
      });
    });
  }

  private outcome(incomplete: boolean): RequestOutcome {
    const { request, response, failure } = this;
    const unsent = incomplete && (!response.headersSent || isOffConnection(request, response));
    const status = unsent ? undefined : response.statusCode;
    const interrupted = incomplete ? interruptionOf(request, response, this.timedOut) : undefined;
    const cutOff = interrupted === 'cut_off';
    const failed = cutOff || (status !== undefined && status >= 500) || failure?.afterHeaders === true;
    const refused = !failed && status !== undefined && status >= 400;
    const thrown = failure ?? (cutOff ? cutOffReason(response, this.sources) : undefined);
    return {
      route: this.route ?? matchedRoute(request),
      status,
      interrupted,
      error: failed ? thrown : undefined,
      refusal: refused && failure !== undefined ? refusalReason(failure.thrown) : undefined,
      requestBytes: this.bytes.received,
      responseBytes: status === undefined || WITHOUT_BODY.has(status) ? 0 : this.bytes.sent,
    };
  }
}

/** A span that lost the trace of the caller, for want of a propagator, cannot stand for the request: the flow would fall apart. */
function continues(found: Span | undefined, remote: SpanContext | undefined): boolean {
  if (found === undefined || remote === undefined || found.spanContext().traceId === remote.traceId) return true;
  noticeOnce(
    'lost-parent',
    'another instrumentation starts SERVER spans that do not continue the trace of the caller; register a W3C propagator with it, or leave it out',
  );
  return false;
}

/** HTTP/2 says `finish` also when the client has reset the stream. */
function isCutOff(response: ServerResponse & { readonly stream?: { readonly aborted?: boolean } }): boolean {
  return response.stream?.aborted === true;
}

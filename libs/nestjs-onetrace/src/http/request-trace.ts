import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { getIdentity, withIdentity } from '../context/index.js';
import { componentLogger } from '../logging/index.js';
import type { HttpMetrics } from '../metrics/index.js';
import { ATTR, HEADERS, MESSAGES, SPAN_NAMES, UNMATCHED_ROUTE } from '../semantics/index.js';
import { getTracer, recordFailure, safely } from '../tracing/index.js';
import { type EdgeVisit, exportEdgeSpan, readEdgeVisit } from './edge-span.js';
import type { HttpSettings } from './http-settings.js';
import { readIncoming } from './incoming-context.js';
import { matchedRoute } from './route-template.js';
import { targetPath } from './target-path.js';

const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'QUERY',
]);

/** One request while it is in the process: its span, its context, and its single end. */
export class RequestTrace {
  readonly context: Context;
  private readonly span: Span;
  private readonly startedAt = performance.now();
  private readonly startTimeMs = Date.now();
  private readonly edge: EdgeVisit | undefined;
  private readonly method: string;
  private readonly path: string;
  private route: string | undefined;
  private failure: unknown;
  private ended = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    settings: HttpSettings,
    private readonly metrics: HttpMetrics | undefined,
  ) {
    const incoming = readIncoming(request.headers, settings.isTrusted(request));
    this.method = request.method ?? 'GET';
    this.path = pathOf(request.url);
    this.edge = incoming.remote && readEdgeVisit(request.headers, incoming.remote, this.startTimeMs);
    const known = KNOWN_METHODS.has(this.method);
    this.span = getTracer().startSpan(
      known ? this.method : 'HTTP',
      {
        kind: SpanKind.SERVER,
        links: incoming.links,
        attributes: {
          [ATTR.httpRequestMethod]: known ? this.method : '_OTHER',
          ...(known ? {} : { [ATTR.httpRequestMethodOriginal]: this.method.slice(0, 32) }),
          [ATTR.urlPath]: this.path,
          [ATTR.urlScheme]: 'encrypted' in request.socket ? 'https' : 'http',
          [ATTR.networkPeerAddress]: request.socket.remoteAddress ?? '',
          [ATTR.networkProtocolVersion]: request.httpVersion,
          ...(request.headers['user-agent'] === undefined
            ? {}
            : { [ATTR.userAgentOriginal]: request.headers['user-agent'].slice(0, 256) }),
          ...(incoming.identity.clientId === undefined ? {} : { [ATTR.clientId]: incoming.identity.clientId }),
          ...(incoming.foreign === undefined ? {} : { [ATTR.foreignTraceId]: incoming.foreign.traceId }),
        },
      },
      incoming.parent,
    );
    const { traceId } = this.span.spanContext();
    const requestId = incoming.identity.requestId ?? traceId;
    this.span.setAttribute(ATTR.requestId, requestId);
    this.context = trace.setSpan(withIdentity(incoming.parent, { requestId }), this.span);
    this.answerHeaders(traceId, requestId);
    this.logStarted(incoming.remote?.spanId, incoming.foreign?.traceId);
    response.once('finish', () => this.end(false));
    response.once('close', () => this.end(!response.writableFinished));
  }

  /** The error that ended the handler, so that span and line tell it once. */
  failed(error: unknown): void {
    this.failure ??= error;
  }

  private answerHeaders(traceId: string, requestId: string): void {
    this.response.setHeader(HEADERS.traceId, traceId);
    this.response.setHeader(HEADERS.requestId, requestId);
    this.response.appendHeader('access-control-expose-headers', 'X-Trace-ID, X-Request-ID');
  }

  private logStarted(parentSpanId: string | undefined, foreignTraceId: string | undefined): void {
    this.log('INFO', MESSAGES.requestStarted, {
      parent_span_id: parentSpanId,
      extra: {
        method: this.method,
        path: this.path,
        ...(foreignTraceId === undefined ? {} : { foreign_trace_id: foreignTraceId }),
      },
    });
  }

  private end(aborted: boolean): void {
    if (this.ended) return;
    this.ended = true;
    safely('request end', () => {
      this.route = matchedRoute(this.request) ?? fastifyRoute(this.request);
      const status = aborted && !this.response.headersSent ? undefined : this.response.statusCode;
      const durationMs = performance.now() - this.startedAt;
      this.finishSpan(status, aborted);
      this.log(
        status !== undefined && status >= 500 ? 'ERROR' : aborted || (status ?? 0) >= 400 ? 'WARN' : 'INFO',
        aborted ? MESSAGES.requestAborted : MESSAGES.requestCompleted,
        {
          duration_ms: Math.round(durationMs),
          ...(status !== undefined && status >= 500 && this.failure !== undefined ? { error: this.failure } : {}),
          extra: {
            method: this.method,
            route: this.route ?? UNMATCHED_ROUTE,
            path: this.path,
            ...(status === undefined ? {} : { status }),
          },
        },
      );
      this.metrics?.observe({
        method: this.method,
        route: this.route ?? UNMATCHED_ROUTE,
        status: status ?? 499,
        durationMs,
      });
      if (this.edge !== undefined) {
        exportEdgeSpan(this.edge, {
          method: this.method,
          target: this.route ?? this.path,
          status,
          endTimeMs: Date.now(),
        });
      }
    });
  }

  private finishSpan(status: number | undefined, aborted: boolean): void {
    const { span } = this;
    if (this.route !== undefined) span.setAttribute(ATTR.httpRoute, this.route);
    if (KNOWN_METHODS.has(this.method)) span.updateName(SPAN_NAMES.httpServer(this.method, this.route));
    if (status !== undefined) span.setAttribute(ATTR.httpResponseStatusCode, status);
    const { pipelineId } = getIdentity(this.context);
    if (pipelineId !== undefined) span.setAttribute(ATTR.pipelineId, pipelineId);
    if (status !== undefined && status >= 500) {
      if (this.failure !== undefined) recordFailure(span, this.failure);
      else span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute(ATTR.errorType, String(status));
    } else if (aborted) {
      span.addEvent('request aborted by the client');
      span.setAttribute(ATTR.errorType, 'aborted');
    }
    span.end();
  }

  private log(
    level: 'INFO' | 'WARN' | 'ERROR',
    message: string,
    fields: Parameters<ReturnType<typeof componentLogger>['log']>[2],
  ): void {
    const { traceId, spanId } = this.span.spanContext();
    const { requestId, clientId, pipelineId, tenantId, userId } = getIdentity(this.context);
    componentLogger().log(level, message, {
      trace_id: traceId,
      span_id: spanId,
      client_id: clientId,
      pipeline_id: pipelineId,
      tenant_id: tenantId,
      user_id: userId,
      ...fields,
      extra: { ...fields?.extra, request_id: requestId },
    });
  }
}

function pathOf(url: string | undefined): string {
  const path = targetPath(url);
  return path.length > 512 ? `${path.slice(0, 511)}…` : path;
}

const FASTIFY_ROUTE = Symbol.for('onetrace.http.fastify-route');

/** Remembers Fastify's route template on the raw request, which is all that the end of the response sees. */
export function rememberRoute(raw: IncomingMessage, route: string | undefined): void {
  if (route !== undefined) (raw as { [FASTIFY_ROUTE]?: string })[FASTIFY_ROUTE] = route;
}

function fastifyRoute(raw: IncomingMessage): string | undefined {
  return (raw as { [FASTIFY_ROUTE]?: string })[FASTIFY_ROUTE];
}

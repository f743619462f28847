import type { IncomingHttpHeaders } from 'node:http';
import { SpanKind } from '@opentelemetry/api';
import { ERROR_CODES, OnetraceError, SPAN_NAMES } from '../semantics/index.js';
import { Connector } from './connector.js';
import type { CallOptions } from './connector.options.js';
import { writeJson } from './json-request.js';
import { isJson, parseJson } from './json-response.js';
import { checkPath } from './call-option.checks.js';

/** A request of an HTTP connector. */
export interface HttpConnectorRequest extends CallOptions {
  /** Default GET. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path behind the base URL, beginning with a slash, without a query. */
  readonly path: string;
  /** Never written to lines, spans or errors. */
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  /**
   * Whether the request may be sent again when the server can have begun to work on it. Default: not for POST and
   * PATCH (RFC 9110, section 9.2.2), which are repeated only when refused, or answered with 429 or 503.
   */
  readonly idempotent?: boolean;
}

/** A 2xx response. */
export interface HttpConnectorResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed where the response is JSON, else text. */
  readonly body: unknown;
}

/** A query would stand in lines and spans as a part of the path. */
function remedyOf(path: unknown): string {
  return String(path).includes('?') ? "; give the query as the option query, such as { q: 'a' }" : '';
}

/** Calls any HTTP server with the same traces, lines, timeouts, retries and errors as a model server. */
export class HttpConnector extends Connector {
  /**
   * Sends one request.
   *
   * @throws ConnectorError when the call failed for good, every status but 2xx included
   * @throws OnetraceError ONETRACE_INVALID_OPTION when `path` could lead elsewhere
   */
  async request(request: HttpConnectorRequest): Promise<HttpConnectorResponse> {
    this.checkOptions(request);
    const { method = 'GET', path, query, body } = request;
    if (!/^\/[^?#\s]*$/.test(path)) {
      throw new OnetraceError(
        ERROR_CODES.invalidOption,
        `request option "path" of connector "${this.name}" is not usable; it takes a path that begins with /, without query, fragment or white space${remedyOf(path)}`,
      );
    }
    checkPath(this.name, path);
    const payload =
      body === undefined ? undefined : typeof body === 'string' ? body : writeJson(body, this.bodySubject);
    return this.run<HttpConnectorResponse>({
      spanName: SPAN_NAMES.connectorRequest(this.name),
      spanKind: SpanKind.INTERNAL,
      attributes: {},
      method,
      // What HTTP cannot carry is encoded, as in an address.
      path: new URL(`http://host${path}`).pathname,
      ...(query === undefined ? {} : { query: `?${new URLSearchParams(query).toString()}` }),
      ...(payload === undefined ? {} : { body: () => payload }),
      contentType: typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
      idempotent: request.idempotent ?? (method !== 'POST' && method !== 'PATCH'),
      options: request,
      read: (response) => ({
        status: response.status,
        headers: response.headers,
        body: isJson(response) && response.body.length > 0 ? parseJson(response) : response.body.toString('utf8'),
      }),
      describe: ({ status }) => ({ attributes: {}, extra: { status } }),
    });
  }
}

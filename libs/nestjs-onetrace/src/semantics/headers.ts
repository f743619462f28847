/** HTTP header names that Onetrace reads or writes, in lower case as Node.js gives them. */
export const HEADERS = {
  /** W3C Trace Context. */
  traceparent: 'traceparent',
  /** W3C Trace Context. */
  tracestate: 'tracestate',
  /** W3C Baggage. */
  baggage: 'baggage',
  /** The ID a user quotes when there is no trace ID at hand; answered on every response. */
  requestId: 'x-request-id',
  /** Who asked; set by authentication at the edge, never by the outside. */
  clientId: 'x-client-id',
  /** The trace ID on every response, so that a user can quote it. */
  traceId: 'x-trace-id',
  /** The trace of the answer, by the editor's draft of W3C Trace Context level 3: on responses, when asked for. */
  traceresponse: 'traceresponse',
  /** Response headers that scripts of a browser may read (Fetch standard). */
  exposeHeaders: 'access-control-expose-headers',
  /** The far client as the proxies before us saw it. */
  forwardedFor: 'x-forwarded-for',
  /** Scheme, and host, that the far client asked for. */
  forwardedProto: 'x-forwarded-proto',
  forwardedHost: 'x-forwarded-host',
  /** Asks for the debug lines of one flow. */
  debug: 'x-debug',
  /** When the edge took the request: seconds since the epoch with milliseconds (`1795229616.448`). */
  edgeStart: 'x-edge-start',
  /** Span ID of the caller that the edge replaced by its own. */
  edgeParent: 'x-edge-parent',
  /** Bytes of JSON before the tensors of a KServe v2 request or answer (binary tensor data extension). */
  inferenceHeaderLength: 'inference-header-content-length',
} as const;

/** What a request ID from a trusted peer must look like; anything else is replaced by the trace ID. */
export const REQUEST_ID_PATTERN = /^[A-Za-z0-9._-]{8,64}$/;

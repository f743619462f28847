/** W3C baggage members that Onetrace acts on. Everything else in `baggage` is left alone and never passed on. */
export const BAGGAGE_KEYS = {
  requestId: 'request_id',
  clientId: 'client_id',
  pipelineId: 'pipeline_id',
  tenantId: 'tenant_id',
  userId: 'user_id',
  /** `debug` where the debug lines of the flow are wanted. */
  logLevel: 'onetrace_log_level',
} as const;

/** The form of a hashed identifier, by which it is known that it must not be hashed again. */
export const HASHED_IDENTIFIER = /^hmac:[0-9a-f]{32}$/;

/** Bounds that the W3C Baggage recommendation asks every participant to carry at least; we carry no more. */
export const BAGGAGE_LIMITS = { bytes: 8192, members: 64 } as const;

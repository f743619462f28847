/** What can go wrong in one exchange, as far as the connection is concerned. */
export type ExchangeFailureKind =
  /** No connection in time. */
  | 'connect-timeout'
  | 'headers-timeout'
  /** Headers, but no event in time. */
  | 'first-event-timeout'
  /** A stream that went silent. */
  | 'idle-timeout'
  /** The call's own end: aborted by the caller, or its total timeout. */
  | 'interrupted'
  | 'refused'
  /** No way to the host. */
  | 'unreachable'
  /** No such host, or no answer of the name server. */
  | 'name'
  /** The other side's certificate is not trusted, or it does not speak TLS. */
  | 'tls'
  /** The connector was closed before. */
  | 'closed'
  /** The connection broke before the response's headers. */
  | 'reset'
  /** Anything else of the network. */
  | 'network'
  /** What came back is not HTTP. */
  | 'malformed'
  | 'headers-too-large'
  /** The connection broke inside the body. */
  | 'truncated'
  | 'too-large'
  /** One event of a stream, or one line of it. */
  | 'event-too-large'
  /** A compressed body, which was not asked for. */
  | 'encoded';

/** A failed exchange without a word about attempts and targets; `ConnectorErrors` adds them. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  readonly status: number | undefined;

  constructor(
    readonly kind: ExchangeFailureKind,
    { status, cause }: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(kind, cause === undefined ? undefined : { cause });
    this.status = status;
  }

  /** The system's, TLS's or undici's own code, such as `ECONNRESET`. */
  get networkCode(): string | undefined {
    return codeOf(this.cause);
  }
}

const KINDS: Readonly<Record<string, ExchangeFailureKind>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ETIMEDOUT: 'connect-timeout',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CLOSED: 'closed',
  UND_ERR_DESTROYED: 'closed',
  UND_ERR_HEADERS_OVERFLOW: 'headers-too-large',
  // The response contradicts itself, as with two lengths.
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'malformed',
};

/** Codes of OpenSSL for certificates that are not accepted, and for peers that do not speak TLS, or not ours. */
const TLS_CODE =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|EPROTO$)/;

/** Classifies what broke a response off inside its body. */
export function failureInBody(error: unknown, status: number): ExchangeFailure {
  return new ExchangeFailure('truncated', isParserError(error) ? { status } : { status, cause: error });
}

/** Classifies what undici threw before there was a response. */
export function failureBeforeHeaders(error: unknown): ExchangeFailure {
  if (isParserError(error))
    return new ExchangeFailure(codeOf(error) === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'malformed');
  const code = codeOf(error) ?? '';
  const kind = KINDS[code] ?? (TLS_CODE.test(code) ? 'tls' : 'network');
  return new ExchangeFailure(kind, { cause: error });
}

/** Whether undici misses bytes that the headers announced. */
export function isLengthMismatch(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
}

// Never kept as a cause: it holds the bytes that it could not parse, which may be the model's answer. Statuses below 100, and a 101 that nobody
// asked for, undici does not parse but assert.
function isParserError(error: unknown): boolean {
  return codeOf(error) === 'ERR_ASSERTION' || (error instanceof Error && error.name === 'HTTPParserError');
}

/** Of several addresses that were tried (happy eyeballs), the first one's. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  return Array.isArray(errors) ? codeOf(errors[0]) : undefined;
}

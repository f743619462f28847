/** What can go wrong in one exchange, as far as the connection is concerned. */
export type ExchangeFailureKind =
  | 'headers-timeout'
  /** Headers, but no event in time. */
  | 'first-event-timeout'
  /** A stream that went silent. */
  | 'idle-timeout'
  /** The call's own end: aborted by the caller, or its total timeout. */
  | 'interrupted'
  | 'refused'
  /** No such host, or no answer of the name server. */
  | 'name'
  /** The connection broke before the response's headers. */
  | 'reset'
  /** TLS, or anything else of the network. */
  | 'network'
  /** What came back is not HTTP. */
  | 'malformed'
  /** The connection broke inside the body. */
  | 'truncated'
  | 'too-large'
  /** A compressed body, which was not asked for. */
  | 'encoded';

/** A failed exchange without a word about attempts and targets; `toConnectorError` adds them. */
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

  /** The system's or undici's own code, such as `ECONNRESET`. */
  get networkCode(): string | undefined {
    return codeOf(this.cause);
  }
}

const KINDS: Readonly<Record<string, ExchangeFailureKind>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
};

/** Classifies what broke a response off inside its body. */
export function failureInBody(error: unknown, status: number): ExchangeFailure {
  return new ExchangeFailure('truncated', isParserError(error) ? { status } : { status, cause: error });
}

/** Classifies what undici threw before there was a response. */
export function failureBeforeHeaders(error: unknown): ExchangeFailure {
  if (isParserError(error)) return new ExchangeFailure('malformed');
  return new ExchangeFailure(KINDS[codeOf(error) ?? ''] ?? 'network', { cause: error });
}

// Never kept as a cause: it holds the bytes that it could not parse, which may be the model's answer.
function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError';
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

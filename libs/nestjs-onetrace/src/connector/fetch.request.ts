import { headerSecrets, querySecrets } from './header-secrets.js';
import { type RepeatableBody, repeatableBody } from './repeatable-body.js';

/** What `fetch` may be given as a request. */
export type FetchInput = string | URL | Request;

/** Characters from which a header's value counts as a secret: clients have many short ones of their own. */
const SHORTEST_SECRET = 8;

/** A request as it was given to `connector.fetch`, which can be sent again where its body can. */
export class FetchRequest {
  readonly url: URL;
  readonly method: string;
  readonly redirect: Request['redirect'];
  readonly signal: AbortSignal | undefined;
  /** Whether the client itself said which encodings it takes. */
  readonly namesEncodings: boolean;
  private readonly first: Request;
  private readonly headers: Headers;
  private unsent: Request | undefined;
  /** What is sent again; `null` where there is nothing to send, `undefined` where it can be sent once. */
  private body: RepeatableBody | null | undefined;
  private content: string | undefined;
  private readonly isStream: boolean;

  /** @throws TypeError as `fetch` does */
  constructor(input: FetchInput, init: RequestInit = {}) {
    // Reads all of it now, as `fetch` does: what its owner changes later is not sent.
    this.first = new Request(input, init);
    this.unsent = this.first;
    this.url = new URL(this.first.url);
    this.method = this.first.method;
    this.redirect = this.first.redirect;
    const carrier = input instanceof Request ? input : undefined;
    this.signal = (init.signal === undefined ? carrier?.signal : init.signal) ?? undefined;
    // As they were given: the boundary of a form is a new one each time.
    this.headers = new Headers(init.headers ?? carrier?.headers);
    this.namesEncodings = this.headers.has('accept-encoding');
    this.body = this.first.body === null ? null : repeatableBody(init.body);
    // One that came inside a Request may be a stream too, but a client that streams JSON hands it over as one.
    this.isStream = this.body === undefined && init.body !== undefined && init.body !== null;
    this.content = this.body === null ? '' : typeof this.body === 'string' ? this.body : undefined;
  }

  /** Whether each attempt can have the same body: a stream can be read once. */
  get isRepeatable(): boolean {
    return this.body !== undefined;
  }

  /** The body as text, empty where there is none; `undefined` where nobody knows it. */
  get text(): string | undefined {
    return this.content;
  }

  /** What must never be written. */
  get secrets(): readonly string[] {
    return [...querySecrets(this.url.search), ...headerSecrets(this.headers, SHORTEST_SECRET)];
  }

  /**
   * Reads a body of JSON that came as bytes or inside a `Request`, so that it is known, and can be sent again.
   *
   * @throws what the request's signal was aborted with
   */
  async readJson(): Promise<void> {
    const isJson = /^application\/json\b/i.test(this.first.headers.get('content-type') ?? '');
    if (!isJson || this.content !== undefined || this.isStream) return;
    if (this.body === undefined) {
      this.body = new Blob([await beforeAbort(this.first.arrayBuffer(), this.signal)]);
      this.unsent = undefined;
    }
    if (this.body instanceof Blob) this.content = await this.body.text();
  }

  /** The request for the next attempt. */
  next(): Request {
    const { unsent, first, headers, body } = this;
    this.unsent = undefined;
    return unsent ?? new Request(first, body === null || body === undefined ? {} : { headers, body });
  }
}

async function beforeAbort<T>(reading: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return reading;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([reading, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

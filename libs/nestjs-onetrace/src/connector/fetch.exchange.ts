import { context } from '@opentelemetry/api';
import type { Dispatcher } from 'undici';
import { suppressTracing } from '../context/index.js';
import { attemptHeaders } from './attempt.headers.js';
import { pathBelow } from './base-path.js';
import { NO_CONNECTION } from './fetch.controller.js';
import { type FetchHandler, fetchHandler } from './fetch.handler.js';
import { type FetchAttempt, type FetchEnding, FetchHop } from './fetch.hop.js';
import { foreignAddress } from './foreign-address.js';
import { lowerCaseNames } from './options.resolver.js';
import type { Transport } from './transport.js';

// Kept, because `globalThis.fetch = connector.fetch` is a way to use it.
const nodeFetch = globalThis.fetch;

/** One attempt of `connector.fetch`: Node.js's own `fetch`, whose requests go out over the connector's connections. */
export class FetchExchange {
  /** Set when the headers have come. */
  response: Response | undefined;
  /** What `fetch` rejected with. */
  thrown: unknown;
  private hops = 0;
  private hop: FetchHop | undefined;
  private ending: FetchEnding | undefined;
  private onEnding: ((ending: FetchEnding) => void) | undefined;
  private readonly scope: FetchAttempt;

  constructor(
    scope: Omit<FetchAttempt, 'ended'>,
    private readonly transport: Transport,
  ) {
    const ended = (ending: FetchEnding): void => {
      this.ending = ending;
      this.onEnding?.(ending);
    };
    this.scope = { ...scope, ended };
  }

  /** @throws ConnectorError also for a status of 400 and more; what else it throws is none of a connection */
  async send(): Promise<void> {
    const dispatcher = { dispatch: this.dispatch.bind(this) } as unknown as NonNullable<RequestInit['dispatcher']>;
    try {
      this.response = await nodeFetch(this.scope.request.next(), { dispatcher });
    } catch (thrown) {
      this.thrown = thrown;
      throw this.hop?.failure ?? thrown;
    }
    if (this.hop?.refusal !== undefined) throw this.hop.refusal;
  }

  /** Tells, once, how the response that was handed over ended; also when it has already. */
  whenEnded(tell: (ending: FetchEnding) => void): void {
    if (this.ending === undefined) this.onEnding = tell;
    else tell(this.ending);
  }

  /** The response for its reader, who alone holds it from then on: `fetch` closes the connection of one that is forgotten. */
  handOver(): Response | undefined {
    const { response } = this;
    this.response = undefined;
    return response;
  }

  /** Nobody gets the response. */
  discard(): void {
    this.response?.body?.cancel().catch(() => undefined);
  }

  private dispatch(asked: Dispatcher.DispatchOptions, handler: unknown): boolean {
    const { options, attempt, request } = this.scope;
    const fetch = fetchHandler(handler);
    const path = pathBelow(options, String(asked.origin), asked.path);
    if (path === undefined) return this.refuse(fetch, `${String(asked.origin)}${asked.path}`);
    const hop = new FetchHop(this.scope, fetch, { ...attempt.call, method: asked.method, path }, this.hops);
    this.hops += 1;
    this.hop = hop;
    const { record } = hop;
    const own = lowerCaseNames(asked.headers as Record<string, string>);
    const { authorization } = options.headers;
    const configured = { ...options.headers, ...own, ...(authorization === undefined ? {} : { authorization }) };
    const headers = attemptHeaders(record.context, record.requestId, configured, options.foreign);
    if (request.namesEncodings) headers['accept-encoding'] = own['accept-encoding'] ?? '';
    const { origin, method, body } = asked;
    const outgoing = { origin, path: asked.path, method, headers, body } as Dispatcher.DispatchOptions;
    // This exchange has its span: an automatic instrumentation of undici must not add a second one.
    return context.with(suppressTracing(record.context), () => this.transport.dispatch(outgoing, hop));
  }

  /** A redirect that leads elsewhere: keys and the trace stay here. */
  private refuse(fetch: FetchHandler, address: string): boolean {
    fetch.onResponseError(NO_CONNECTION, foreignAddress(this.scope.options, address));
    return false;
  }
}

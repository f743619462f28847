import { type Context, context } from '@opentelemetry/api';
import { suppressTracing } from '../context/index.js';
import { attemptHeaders } from './attempt.headers.js';
import { AttemptRecord } from './attempt.record.js';
import type { CallDeadline } from './call-deadline.js';
import type { CallPosition, ConnectorErrors } from './connector-error.factory.js';
import {
  type BinaryBody,
  type CallRequest,
  type ConnectorCall,
  ResponseProblem,
  StreamedError,
} from './connector.call.js';
import type { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { maskQuotes } from './content.mask.js';
import { ExchangeFailure } from './exchange.failure.js';
import { headerSecrets, querySecrets } from './header-secrets.js';
import type { OpenedResponse } from './opened-response.js';
import { lowerCaseNames } from './options.resolver.js';
import { isEncoded, isSuccess, type ReceivedResponse } from './received-response.js';
import { parseRetryAfter } from './retry-after.js';
import { readServerError } from './server-error.reader.js';
import type { OutgoingRequest, Transport } from './transport.js';
import type { WholeExchange } from './whole.exchange.js';

/** One attempt of a call. */
export interface Attempt<Call extends CallRequest = CallRequest> {
  readonly call: Call;
  readonly deadline: CallDeadline;
  /** The context with the call's own span. */
  readonly parent: Context;
  readonly position: CallPosition;
  /** Milliseconds until the next attempt; `undefined` when there is none. */
  planRetry(error: ConnectorError): number | undefined;
}

/** A 2xx response to an attempt that is under way. */
export interface Exchange {
  readonly attempt: Attempt;
  readonly record: AttemptRecord;
  readonly response: OpenedResponse;
  /**
   * Makes of what went wrong while the response was read the error that the caller gets.
   *
   * @param isHandedOver whether the caller has something of the answer already, so that no other attempt can follow.
   */
  toError(thrown: unknown, isHandedOver?: boolean): ConnectorError;
}

type SentBody = string | BinaryBody | undefined;

/** Runs single attempts. */
export class AttemptRunner {
  constructor(
    private readonly options: ResolvedConnectorOptions,
    private readonly transport: Transport,
    private readonly errors: ConnectorErrors,
  ) {}

  /** @throws ConnectorError */
  async run<T>(attempt: Attempt<ConnectorCall<T>>): Promise<T> {
    const { call, deadline, parent, position } = attempt;
    const record = new AttemptRecord(this.options, call, parent, position);
    let body: SentBody;
    let exchange: WholeExchange | undefined;
    try {
      // What its caller put into it may not be JSON.
      body = call.body?.(record.requestId);
      exchange = this.untraced(record, this.outgoing(call, record, body), (outgoing) =>
        this.transport.exchange(outgoing, deadline),
      );
      const response = await exchange.response;
      const { status } = response;
      record.answered(status);
      if (!isSuccess(status)) throw this.refusal(response, attempt, body);
      const value = call.read(response);
      record.completed(status, response.body.length);
      return value;
    } catch (thrown) {
      const error = this.toError(thrown, attempt, body, exchange?.status);
      record.failed(error, attempt.planRetry(error), deadline.cancelledBy);
      throw error;
    }
  }

  /**
   * Hands the response over once its headers have come. The attempt is over with the error of `use`, and otherwise when `use` says so to its
   * record.
   *
   * @throws ConnectorError
   */
  async open<Call extends CallRequest, T>(attempt: Attempt<Call>, use: (exchange: Exchange) => Promise<T>): Promise<T> {
    const { call, parent, position } = attempt;
    const record = new AttemptRecord(this.options, call, parent, position);
    let body: SentBody;
    let toError: Exchange['toError'] = (thrown) => this.toError(thrown, attempt, body, undefined);
    try {
      // What its caller put into it may not be JSON.
      body = call.body?.(record.requestId);
      return await context.with(record.context, async () => {
        const response = await this.untraced(record, this.outgoing(call, record, body), (outgoing) =>
          this.transport.open(outgoing, attempt.deadline),
        );
        if (!response.isSuccess) throw this.refusal(await response.whole(), attempt, body);
        record.answered(response.status);
        toError = (thrown, isHandedOver = false) => {
          const end = isHandedOver ? { ...attempt, position: { ...position, maxAttempts: undefined } } : attempt;
          return this.toError(thrown, end, body, response.status);
        };
        return await use({ attempt, record, response, toError });
      });
    } catch (thrown) {
      const error = toError(thrown);
      record.failed(error, attempt.planRetry(error), attempt.deadline.cancelledBy);
      throw error;
    }
  }

  private outgoing(call: CallRequest, record: AttemptRecord, body: SentBody): OutgoingRequest {
    const { basePath, headers, foreign } = this.options;
    const configured = { ...headers, ...lowerCaseNames(call.options.headers ?? {}) };
    if (typeof body === 'object') Object.assign(configured, body.headers);
    else if (body !== undefined) configured['content-type'] ??= call.contentType ?? 'application/json';
    if (call.accept !== undefined) configured['accept'] ??= call.accept;
    return {
      method: call.method,
      path: `${basePath}${call.path}${call.query ?? ''}`,
      headers: attemptHeaders(record.context, record.requestId, configured, foreign),
      body: typeof body === 'object' ? body.bytes : body,
    };
  }

  /** This attempt has its span: an automatic instrumentation of undici must not add a second one. */
  private untraced<T>(record: AttemptRecord, outgoing: OutgoingRequest, send: (outgoing: OutgoingRequest) => T): T {
    return context.with(suppressTracing(record.context), () => send(outgoing));
  }

  /** What a status says that is no success. */
  private refusal(
    { status, headers, body: words }: ReceivedResponse,
    { call, position }: Attempt,
    body: SentBody,
  ): ConnectorError {
    // What was sent may be huge: it is looked through only for words that could repeat it.
    const said =
      isEncoded(headers) || words.length === 0
        ? ''
        : readServerError(words.toString('utf8'), quotableOf(body), this.secretsOf(call));
    return this.errors.ofStatus(position, status, said, parseRetryAfter(headers['retry-after']));
  }

  private toError(
    thrown: unknown,
    { call, deadline, position }: Attempt,
    body: SentBody,
    status: number | undefined,
  ): ConnectorError {
    if (thrown instanceof ExchangeFailure) return this.errors.ofExchange(thrown, position, deadline);
    if (status !== undefined && thrown instanceof ResponseProblem) {
      const masked = thrown.masked((words) => maskQuotes(words, quotableOf(body), this.secretsOf(call)));
      return this.errors.ofResponse(position, status, masked, thrown.remedy);
    }
    if (status !== undefined && thrown instanceof StreamedError) {
      const words = readServerError(thrown.body, quotableOf(body), this.secretsOf(call));
      return this.errors.ofStream(position, status, thrown.status, words);
    }
    return thrown as ConnectorError;
  }

  private secretsOf({ options, query = '' }: CallRequest): readonly string[] {
    const own = headerSecrets(Object.entries(options.headers ?? {}));
    return [...querySecrets(query), ...own, ...this.options.secrets];
  }
}

function quotableOf(body: SentBody): string {
  return typeof body === 'object' ? body.quotable() : (body ?? '');
}

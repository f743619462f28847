import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { AnswerWatch } from './answer.watch.js';
import { AttemptRecord } from './attempt.record.js';
import type { Attempt } from './attempt.runner.js';
import type { CallRecord } from './call.record.js';
import type { CallPosition, ConnectorErrors } from './connector-error.factory.js';
import type { CallOutcome } from './connector.call.js';
import { ResponseProblem, StreamedError } from './connector.call.js';
import type { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { maskQuotes } from './content.mask.js';
import { ExchangeFailure, failureBeforeHeaders, failureInBody, isLengthMismatch } from './exchange.failure.js';
import type { FetchCall } from './fetch.call.js';
import { FetchController, NO_CONNECTION } from './fetch.controller.js';
import type { FetchHandler } from './fetch.handler.js';
import type { FetchRequest } from './fetch.request.js';
import { endsWithHeaders } from './received-response.js';
import { parseRetryAfter } from './retry-after.js';
import { readServerError } from './server-error.reader.js';
import { LAST_WORD_MS, SilenceTimer } from './silence.timer.js';

type Controller = Dispatcher.DispatchController;

/** How a response that was handed over ended. */
export type FetchEnding =
  | {
      readonly kind: 'completed' | 'stopped';
      readonly outcome: CallOutcome | undefined;
      /** Resolves when the connection is closed; only where it is still open, because the server did not end what it had said. */
      readonly closed?: Promise<void> | undefined;
    }
  | { readonly kind: 'failed'; readonly error: ConnectorError; readonly outcome: CallOutcome | undefined };

/** What the hops of one attempt share. */
export interface FetchAttempt {
  readonly options: ResolvedConnectorOptions;
  readonly errors: ConnectorErrors;
  readonly attempt: Attempt<FetchCall>;
  readonly call: CallRecord;
  readonly request: FetchRequest;
  /** Told once, of the response that the client gets. */
  ended(ending: FetchEnding): void;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/**
 * One HTTP exchange of `connector.fetch`; an attempt has several where redirects are followed. It stands between the connection and `fetch`, passes all on
 * as it is, and ends its record once.
 */
export class FetchHop implements FetchHandler {
  readonly record: AttemptRecord;
  /** Why there is no response. */
  failure: ConnectorError | undefined;
  /** A response with an error status. */
  refusal: ConnectorError | undefined;
  private retryInMs: number | undefined;
  private controller: FetchController | undefined;
  private status: number | undefined;
  private watch: AnswerWatch | undefined;
  private bytes = 0;
  private firstUntil = 0;
  private isHandedOver = false;
  private isOver = false;
  private isRejected = false;
  private isUnwanted = false;
  private lingering: PromiseWithResolvers<void> | undefined;
  private fault: ConnectorError | undefined;
  private readonly silence = new SilenceTimer(() => this.onSilence());
  private readonly onDeadline = (): void => {
    // What its caller aborts, `fetch` itself ends.
    if (this.deadline.cancelledBy !== 'caller') this.cut(new ExchangeFailure('interrupted', this.known));
  };

  constructor(
    private readonly scope: FetchAttempt,
    private readonly fetch: FetchHandler,
    private readonly call: FetchCall,
    hop: number,
  ) {
    const { options, attempt } = scope;
    const attempts = attempt.position.attempts + hop;
    this.record = new AttemptRecord(options, call, attempt.parent, { ...attempt.position, attempts });
    this.deadline.listen(this.onDeadline);
    this.silence.start(options.timeouts.headersMs);
  }

  onRequestStart(controller: Controller, context: unknown): void {
    if (this.isRejected) return controller.abort(this.fault as Error);
    this.controller = new FetchController(controller, {
      aborted: () => (this.isUnwanted = true),
      paused: () => (this.watch?.saidLast === true ? undefined : this.silence.stop()),
      resumed: () => this.listen(),
    });
    this.fetch.onRequestStart(this.controller, context);
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, statusText?: string): void {
    if (status >= 200) this.answered(status, headers);
    if (this.fault !== undefined) return;
    this.isHandedOver = status >= 200;
    this.fetch.onResponseStart(this.controller ?? controller, status, headers, statusText);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.received(chunk);
    if (this.fault === undefined) this.fetch.onResponseData(this.controller ?? controller, chunk);
  }

  onResponseEnd(controller: Controller, trailers: IncomingHttpHeaders): void {
    this.lingering?.resolve();
    if (this.fault !== undefined) return this.end(() => this.broken());
    this.end(() => this.conclude(true));
    this.fetch.onResponseEnd(this.controller ?? controller, trailers);
  }

  onResponseError(controller: Controller, error: Error): void {
    // undici misses the bytes that a 204 or 304 announces.
    if (this.isBodiless && isLengthMismatch(error)) return this.onResponseEnd(controller, {});
    this.lingering?.resolve();
    this.end(() => this.broken(error));
    this.reject(error);
  }

  private get deadline() {
    return this.scope.attempt.deadline;
  }

  private get known(): { readonly status?: number } {
    return this.status === undefined ? {} : { status: this.status };
  }

  /** Nothing follows what the client has in its hands. */
  private get position(): CallPosition {
    const { position } = this.scope.attempt;
    return this.isHandedOver ? { ...position, maxAttempts: undefined } : position;
  }

  private get isBodiless(): boolean {
    return this.status !== undefined && endsWithHeaders(this.call.method, this.status);
  }

  private get isFailure(): boolean {
    return this.status !== undefined && this.status >= 400;
  }

  private answered(status: number, headers: IncomingHttpHeaders): void {
    const { options, errors, attempt, request } = this.scope;
    this.silence.stop();
    this.record.answered(status);
    if (REDIRECTS.has(status) && headers.location !== undefined && request.redirect !== 'manual')
      return this.end(() => this.record.completed(status, 0));
    this.status = status;
    this.watch = new AnswerWatch(status, headers, this.call.answer);
    if (this.isFailure) {
      const retryAfterMs = parseRetryAfter(headers['retry-after']);
      this.refusal = errors.ofStatus(attempt.position, status, '', retryAfterMs);
      this.retryInMs = attempt.planRetry(this.refusal);
      // Nobody reads an answer that is asked for again.
      if (this.retryInMs !== undefined) return;
    }
    const encoding = headers['content-encoding'] ?? 'identity';
    if (String(encoding).toLowerCase() !== 'identity' && !this.isBodiless && !request.namesEncodings)
      return this.cut(new ExchangeFailure('encoded', { status }));
    if (this.isFailure) return;
    this.firstUntil = performance.now() + options.timeouts.firstTokenMs;
    this.listen();
  }

  private received(chunk: Buffer): void {
    const { watch, isOver, scope } = this;
    if (watch === undefined || (isOver && this.lingering === undefined)) return;
    this.bytes += chunk.length;
    if (this.bytes > scope.options.maxResponseBytes) return this.cut(new ExchangeFailure('too-large', this.known));
    if (isOver) return;
    const { hasItem: hadItem, saidLast: hadLast } = watch;
    watch.take(chunk);
    if (watch.hasItem && !hadItem) scope.call.firstItem();
    if (!hadLast) this.listen();
  }

  /** Waits for the server's next words, while the client does. */
  private listen(): void {
    if (this.watch?.isStream !== true || this.isOver) return;
    if (this.watch.saidLast) return this.silence.start(LAST_WORD_MS);
    const { idleMs } = this.scope.options.timeouts;
    this.silence.start(this.watch.hasItem ? idleMs : this.firstUntil - performance.now());
  }

  private onSilence(): void {
    if (this.watch?.saidLast === true) return this.linger();
    const kind = this.watch?.hasItem === true ? 'idle-timeout' : 'first-event-timeout';
    this.cut(new ExchangeFailure(this.status === undefined ? 'headers-timeout' : kind, this.known));
  }

  /** All has been said: what becomes of the connection is the client's affair, for as long as the call may take. */
  private linger(): void {
    this.lingering = Promise.withResolvers();
    this.end(() => this.conclude(true));
    this.deadline.listen(this.onDeadline);
  }

  /** Ends the exchange for a reason of ours. */
  private cut(failure: ExchangeFailure): void {
    if ((this.isOver && this.lingering === undefined) || this.fault !== undefined) return;
    const fault = this.scope.errors.ofExchange(failure, this.position, this.deadline);
    this.fault = fault;
    // A fetch whose body breaks before it has had the headers to read never settles.
    setImmediate(() => {
      if (this.isOver && this.lingering === undefined) return this.reject(fault);
      if (this.controller === undefined) this.onResponseError(NO_CONNECTION, fault);
      else this.controller.cut(fault);
    });
  }

  /** The exchange broke off, whoever did it. */
  private broken(thrown?: Error): void {
    const { errors, attempt, request } = this.scope;
    const isCallers = this.isUnwanted || request.signal?.aborted === true;
    const isAnswered = this.watch?.saidLast === true || (isCallers && this.status !== undefined);
    if (this.fault === undefined && isAnswered) return this.conclude(false);
    if (this.fault === undefined && isCallers) this.deadline.abort(request.signal?.reason ?? thrown);
    const failure = this.status === undefined ? failureBeforeHeaders(thrown) : failureInBody(thrown, this.status);
    const error =
      this.fault ??
      (isCallers
        ? errors.interrupted(this.deadline, this.position)
        : errors.ofExchange(failure, this.position, this.deadline));
    if (this.isHandedOver) return this.failed(error, this.watch?.end(false).outcome);
    this.failure = error;
    this.record.failed(error, attempt.planRetry(error), this.deadline.cancelledBy);
  }

  /** @param ended whether the server ended the body; else the client wanted no more of it. */
  private conclude(ended: boolean): void {
    const { status, watch, bytes, refusal, scope } = this;
    if (status === undefined || watch === undefined) return;
    if (refusal !== undefined) return this.failed(this.refused(refusal, status, watch), undefined);
    const { outcome, problem } = watch.end(ended);
    const error = this.problemOf(problem, status);
    if (error !== undefined) return this.failed(error, outcome);
    const isStopped = !ended && !watch.isComplete;
    this.record.completed(status, bytes, isStopped ? { stopped: true } : {});
    const plain = this.call.answer === undefined ? { attributes: {}, extra: { status } } : undefined;
    const closed = this.lingering?.promise;
    scope.ended({ kind: isStopped ? 'stopped' : 'completed', outcome: outcome ?? plain, closed });
  }

  private refused({ retryAfterMs }: ConnectorError, status: number, watch: AnswerWatch): ConnectorError {
    const { errors, attempt } = this.scope;
    return errors.ofStatus(attempt.position, status, this.spoken(watch.words), retryAfterMs);
  }

  private problemOf(problem: unknown, status: number): ConnectorError | undefined {
    const { errors, request } = this.scope;
    if (problem instanceof StreamedError)
      return errors.ofStream(this.position, status, problem.status, this.spoken(problem.body));
    if (!(problem instanceof ResponseProblem)) return undefined;
    const masked = problem.masked((words) => maskQuotes(words, request.text ?? '', this.secrets));
    return errors.ofResponse(this.position, status, masked, problem.remedy);
  }

  /** The server's words without what they quote; none where nobody knows what it was sent. */
  private spoken(words: string): string {
    const { text } = this.scope.request;
    return text === undefined ? '' : readServerError(words, text, this.secrets);
  }

  private get secrets(): readonly string[] {
    return [...this.scope.options.secrets, ...this.scope.request.secrets];
  }

  private failed(error: ConnectorError, outcome: CallOutcome | undefined): void {
    this.record.failed(error, this.retryInMs, this.deadline.cancelledBy);
    this.scope.ended({ kind: 'failed', error, outcome });
  }

  private end(tell: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.silence.stop();
    this.deadline.unlisten(this.onDeadline);
    tell();
  }

  private reject(error: Error): void {
    if (this.isRejected) return;
    this.isRejected = true;
    this.fetch.onResponseError(this.controller ?? NO_CONNECTION, this.fault ?? error);
  }
}

import { ERROR_CODES } from '../semantics/index.js';
import type { CallDeadline, Canceller } from './call-deadline.js';
import { ConnectorError, type ConnectorErrorDetails } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { duration } from './elapsed.js';
import { exchangeErrorDetails } from './exchange.error-details.js';
import type { ExchangeFailure } from './exchange.failure.js';
import { isRepeatable } from './repeatable-failure.js';

/** Where in a call something happened. */
export interface CallPosition {
  readonly method: string;
  readonly path: string;
  /** Whether the call is for a model, whose name its path may carry. */
  readonly asksModel: boolean;
  /** Attempts made so far, the current one included. */
  readonly attempts: number;
  /** Attempts that there can be in all; `undefined` where none can follow, whatever the failure. */
  readonly maxAttempts: number | undefined;
  /** Whether the request may be repeated when the server can have begun to work on it. */
  readonly idempotent: boolean;
}

const CANCELLATIONS: Readonly<Record<Canceller, string>> = {
  caller: 'aborted by its caller',
  request: 'given up, because the request in which it was made was broken off',
  activity: 'given up, because the activity in which it was made was cancelled',
};
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Makes the errors of one connector, so that every message says what, where, which attempt and what to do. */
export class ConnectorErrors {
  constructor(private readonly options: ResolvedConnectorOptions) {}

  /** An error of the exchange itself. */
  ofExchange(failure: ExchangeFailure, position: CallPosition, deadline: CallDeadline): ConnectorError {
    const { kind, status, cause, networkCode } = failure;
    if (kind === 'interrupted') return this.interrupted(deadline, position);
    const { message, ...details } = exchangeErrorDetails(kind, networkCode, this.options);
    return this.create(position, message, { ...details, status, cause });
  }

  /** A status other than 2xx. `words` are the server's, already bounded and masked. */
  ofStatus(position: CallPosition, status: number, words: string, retryAfterMs: number | undefined): ConnectorError {
    const quoted = words === '' ? '' : `: "${words}"`;
    return this.create(position, `${this.answered(position, status)}${quoted}`, {
      code: ERROR_CODES.connectorStatus,
      remedy: statusRemedy(status, position),
      status,
      retryable: RETRYABLE_STATUS.has(status),
      retryAfterMs,
    });
  }

  /** A 2xx response that is not what the protocol promises. */
  ofResponse(position: CallPosition, status: number, problem: string, remedy?: string): ConnectorError {
    const { protocol } = this.options;
    const spoken = protocol === 'http' ? 'what you expect' : protocol;
    return this.create(position, `${this.answered(position, status)}, but ${problem}`, {
      code: ERROR_CODES.connectorResponse,
      remedy: remedy ?? `check that baseUrl leads to a server that speaks ${spoken}`,
      status,
      retryable: false,
    });
  }

  /** An error that the server reported in a stream that began well. `words` are the server's, already bounded and masked. */
  ofStream(position: CallPosition, status: number, reported: number | undefined, words: string): ConnectorError {
    const said = reported === undefined ? '' : ` with ${reported}`;
    const quoted = words === '' ? '' : `: "${words}"`;
    return this.create(position, `${this.answered(position, status)}, then failed in its stream${said}${quoted}`, {
      code: ERROR_CODES.connectorStream,
      remedy: 'look at the log of the server',
      status: reported ?? status,
      retryable: reported === undefined || reported >= 500 || RETRYABLE_STATUS.has(reported),
    });
  }

  /** A call that somebody gave up, or its total timeout. */
  interrupted(deadline: CallDeadline, position: CallPosition, lastFailure?: ConnectorError): ConnectorError {
    const { target, timeouts } = this.options;
    const cause = deadline.abortReason ?? lastFailure;
    if (deadline.cancelledBy !== undefined) {
      return this.create(position, `the call to ${target} was ${CANCELLATIONS[deadline.cancelledBy]}`, {
        code: ERROR_CODES.connectorAborted,
        remedy:
          deadline.cancelledBy === 'caller'
            ? 'nothing is to be done'
            : 'pass detached: true for a call that is to go on',
        retryable: false,
        cause,
      });
    }
    // There is no time left for another attempt.
    const last = { ...position, maxAttempts: undefined };
    return this.create(last, `${target} gave no complete answer within ${duration(timeouts.totalMs)} in all`, {
      code: ERROR_CODES.connectorTimeout,
      remedy: 'look at the load and the log of the server, or raise timeouts.totalMs',
      retryable: true,
      cause,
    });
  }

  /** A call that was not made because too many others are under way and wait. */
  queueFull(position: CallPosition): ConnectorError {
    const { target, concurrency } = this.options;
    const { maxConcurrent = 0, maxQueued = 0 } = concurrency ?? {};
    return this.create(
      position,
      `${target} was not called: ${maxConcurrent} calls are under way and ${maxQueued} wait already`,
      {
        code: ERROR_CODES.connectorQueueFull,
        remedy: 'send less at once, or raise concurrency.maxConcurrent or maxQueued',
        retryable: true,
        sent: false,
      },
    );
  }

  /**
   * A call that was not made because the circuit is open.
   *
   * @param openMs how long it still is, in milliseconds; `undefined` while another call shows whether the target is back.
   */
  circuitOpen(position: CallPosition, lastFailure: unknown, openMs: number | undefined): ConnectorError {
    const until =
      openMs === undefined ? 'until the call that tries it now has ended' : `for another ${duration(openMs)}`;
    return this.create(
      position,
      `${this.options.target} was not called: it failed too often in a row and is left alone ${until}`,
      {
        code: ERROR_CODES.connectorCircuitOpen,
        remedy: 'look at the failure that is the cause of this one',
        retryable: true,
        retryAfterMs: openMs,
        sent: false,
        cause: lastFailure,
      },
    );
  }

  /** Who answered what with which status. */
  private answered({ method, path }: CallPosition, status: number): string {
    const { target, basePath } = this.options;
    return `${target} answered ${method} ${basePath}${path} with ${status}`;
  }

  private create(
    { attempts, maxAttempts, idempotent }: CallPosition,
    message: string,
    details: Pick<ConnectorErrorDetails, 'code' | 'remedy' | 'retryable' | 'status' | 'retryAfterMs' | 'cause'> & {
      sent?: boolean;
    },
  ): ConnectorError {
    const known = { sent: attempts > 0, ...details };
    return new ConnectorError(message, {
      ...known,
      target: this.options.target,
      attempts,
      maxAttempts: isRepeatable(known, idempotent) ? maxAttempts : undefined,
    });
  }
}

function statusRemedy(status: number, { asksModel, path }: CallPosition): string {
  if (status < 400) return 'redirects are not followed, check baseUrl';
  if (status === 401 || status === 403) return 'check apiKey and headers';
  if (status === 404 || status === 405) return `check baseUrl and the ${asksModel ? 'name of the model' : 'path'}`;
  if (status === 408 || status === 429) return 'send less at once, or later';
  // Of Triton: its infer is for models that give one response.
  if (status === 501 && path.endsWith('/infer')) return 'ask a model that gives several responses by generateStream';
  return status < 500 ? 'correct the request' : 'look at the log of the server';
}

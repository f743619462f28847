import { ERROR_CODES } from '../semantics/index.js';
import type { CallDeadline } from './call-deadline.js';
import { ConnectorError, type ConnectorErrorDetails } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import type { ExchangeFailure } from './exchange.failure.js';

/** Where in a call something happened. */
export interface CallPosition {
  readonly method: string;
  readonly path: string;
  /** Attempts made so far, the current one included. */
  readonly attempts: number;
}

const RETRYABLE_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Makes the errors of one connector, so that every message says what, where, which attempt and what to do. */
export class ConnectorErrors {
  constructor(private readonly options: ResolvedConnectorOptions) {}

  /** An error of the exchange itself. */
  ofExchange(failure: ExchangeFailure, position: CallPosition, deadline: CallDeadline): ConnectorError {
    const { target, timeouts, maxResponseBytes } = this.options;
    const { connectorNetwork, connectorResponse } = ERROR_CODES;
    const { status, cause, networkCode } = failure;
    const code = networkCode === undefined ? '' : ` (${networkCode})`;
    switch (failure.kind) {
      case 'headers-timeout':
        return this.create(position, `${target} sent no headers within ${seconds(timeouts.headersMs)}`, {
          code: ERROR_CODES.connectorTimeout,
          retryable: true,
        });
      case 'first-event-timeout':
        return this.create(position, `${target} sent no event of its stream within ${seconds(timeouts.firstTokenMs)}`, {
          code: ERROR_CODES.connectorTimeout,
          retryable: true,
          status,
        });
      case 'idle-timeout':
        return this.create(
          position,
          `${target} was silent in the middle of its stream for ${seconds(timeouts.idleMs)}`,
          {
            code: ERROR_CODES.connectorTimeout,
            retryable: true,
            status,
          },
        );
      case 'interrupted':
        return this.interrupted(deadline, position);
      case 'refused':
        return this.create(position, `${target} refused the connection; is the server running on that port?`, {
          code: ERROR_CODES.connectorRefused,
          retryable: true,
          sent: false,
          cause,
        });
      case 'name':
        return this.create(position, `the host name of ${target} could not be resolved${code}; check baseUrl`, {
          code: connectorNetwork,
          retryable: networkCode === 'EAI_AGAIN',
          sent: false,
          cause,
        });
      case 'reset':
        return this.create(position, `${target} closed the connection before it answered${code}`, {
          code: connectorNetwork,
          retryable: true,
          cause,
        });
      case 'network':
        return this.create(position, `no connection to ${target}${code}; check address, TLS and network`, {
          code: connectorNetwork,
          retryable: false,
          cause,
        });
      case 'malformed':
        return this.create(position, `${target} did not answer in HTTP${code}; check scheme and port of baseUrl`, {
          code: connectorResponse,
          retryable: false,
          cause,
        });
      case 'truncated':
        return this.create(position, `${target} broke off its response in the middle of the body${code}`, {
          code: connectorResponse,
          retryable: true,
          status,
          cause,
        });
      case 'too-large':
        return this.create(
          position,
          `${target} sent a response of more than ${maxResponseBytes} bytes; raise maxResponseBytes if that is expected`,
          { code: connectorResponse, retryable: false, status },
        );
      case 'encoded':
        return this.create(position, `${target} sent a compressed response that was not asked for; mend its proxy`, {
          code: connectorResponse,
          retryable: false,
          status,
        });
    }
  }

  /** A status other than 2xx. `words` are the server's, already bounded and masked. */
  ofStatus(position: CallPosition, status: number, words: string, retryAfterMs: number | undefined): ConnectorError {
    const quoted = words === '' ? '' : `: "${words}"`;
    const { method, path } = position;
    const remedy = status < 400 ? '; redirects are not followed, check baseUrl' : '';
    return this.create(position, `${this.options.target} answered ${method} ${path} with ${status}${quoted}${remedy}`, {
      code: ERROR_CODES.connectorStatus,
      status,
      retryable: RETRYABLE_STATUS.has(status),
      retryAfterMs,
    });
  }

  /** A 2xx response that is not what the protocol promises. */
  ofResponse(position: CallPosition, status: number, problem: string): ConnectorError {
    const { method, path } = position;
    return this.create(position, `${this.options.target} answered ${method} ${path} with ${status}, but ${problem}`, {
      code: ERROR_CODES.connectorResponse,
      status,
      retryable: false,
    });
  }

  /** An error that the server reported in a stream that began well. `words` are the server's, already bounded and masked. */
  ofStream(position: CallPosition, status: number, reported: number | undefined, words: string): ConnectorError {
    const { method, path } = position;
    const said = reported === undefined ? '' : ` with ${reported}`;
    const quoted = words === '' ? '' : `: "${words}"`;
    return this.create(
      position,
      `${this.options.target} answered ${method} ${path} with ${status}, then failed in its stream${said}${quoted}`,
      {
        code: ERROR_CODES.connectorStream,
        status: reported ?? status,
        retryable: reported === undefined || reported >= 500 || RETRYABLE_STATUS.has(reported),
      },
    );
  }

  /** A call that its caller or its total timeout ended. */
  interrupted(deadline: CallDeadline, position: CallPosition, lastFailure?: ConnectorError): ConnectorError {
    const { target, timeouts } = this.options;
    const cause = deadline.abortReason ?? lastFailure;
    return deadline.interruption === 'aborted'
      ? this.create(position, `the call to ${target} was aborted by its caller`, {
          code: ERROR_CODES.connectorAborted,
          retryable: false,
          cause,
        })
      : this.create(position, `${target} gave no complete answer within ${seconds(timeouts.totalMs)} in all`, {
          code: ERROR_CODES.connectorTimeout,
          retryable: true,
          cause,
        });
  }

  /** A call that was not made because the circuit is open. */
  circuitOpen(position: CallPosition, lastFailure: unknown): ConnectorError {
    const { target, circuitBreaker } = this.options;
    const wait = seconds(circuitBreaker?.halfOpenAfterMs ?? 0);
    return this.create(
      position,
      `${target} was not called: it failed too often in a row and is left alone for ${wait}`,
      {
        code: ERROR_CODES.connectorCircuitOpen,
        retryable: true,
        sent: false,
        cause: lastFailure,
      },
    );
  }

  private create(
    { attempts }: CallPosition,
    message: string,
    details: Pick<ConnectorErrorDetails, 'code' | 'retryable' | 'status' | 'retryAfterMs' | 'cause'> & {
      sent?: boolean;
    },
  ): ConnectorError {
    return new ConnectorError(message, {
      sent: attempts > 0,
      ...details,
      target: this.options.target,
      attempts,
      maxAttempts: this.options.retry.maxAttempts,
    });
  }
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}

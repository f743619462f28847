import { ERROR_CODES, type OnetraceErrorCode } from '../semantics/index.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { duration } from './elapsed.js';
import type { ExchangeFailureKind } from './exchange.failure.js';

/** What the error says of a failed exchange. */
export interface ExchangeErrorDetails {
  readonly code: OnetraceErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly retryable: boolean;
  /** Unless given, the server can have begun to work on the request. */
  readonly sent?: false;
}

type Limits = Pick<
  ResolvedConnectorOptions,
  'target' | 'timeouts' | 'maxResponseBytes' | 'maxEventCharacters' | 'maxHeaderBytes'
>;

const ROUTE = 'check address, network and firewall between the two';
const SILENT = 'look at the load and the log of the server';

/** Message, remedy, code, and whether the same may succeed later, of every kind of failure but the call's own end. */
export function exchangeErrorDetails(
  kind: Exclude<ExchangeFailureKind, 'interrupted'>,
  networkCode: string | undefined,
  { target, timeouts, maxResponseBytes, maxEventCharacters, maxHeaderBytes }: Limits,
): ExchangeErrorDetails {
  const code = networkCode === undefined ? '' : ` (${networkCode})`;
  switch (kind) {
    case 'connect-timeout':
      return {
        code: ERROR_CODES.connectorTimeout,
        message: `${target} accepted no connection within ${duration(timeouts.connectMs)}`,
        remedy: `${ROUTE}, or raise timeouts.connectMs`,
        retryable: true,
        sent: false,
      };
    case 'headers-timeout':
      return {
        code: ERROR_CODES.connectorTimeout,
        message: `${target} sent no headers within ${duration(timeouts.headersMs)}`,
        remedy: `${SILENT}, or raise timeouts.headersMs`,
        retryable: true,
      };
    case 'first-event-timeout':
      return {
        code: ERROR_CODES.connectorTimeout,
        message: `${target} sent no event of its stream within ${duration(timeouts.firstTokenMs)}`,
        remedy: `${SILENT}, or raise timeouts.firstTokenMs`,
        retryable: true,
      };
    case 'idle-timeout':
      return {
        code: ERROR_CODES.connectorTimeout,
        message: `${target} was silent in the middle of its stream for ${duration(timeouts.idleMs)}`,
        remedy: `${SILENT}, or raise timeouts.idleMs`,
        retryable: true,
      };
    case 'refused':
      return {
        code: ERROR_CODES.connectorRefused,
        message: `${target} refused the connection`,
        remedy: 'is the server running on that port?',
        retryable: true,
        sent: false,
      };
    case 'unreachable':
      return {
        code: ERROR_CODES.connectorNetwork,
        message: `there is no way to ${target}${code}`,
        remedy: ROUTE,
        retryable: true,
        sent: false,
      };
    case 'name':
      return {
        code: ERROR_CODES.connectorName,
        message: `the host name of ${target} could not be resolved${code}`,
        remedy: 'check baseUrl and the name server',
        retryable: networkCode === 'EAI_AGAIN',
        sent: false,
      };
    case 'tls':
      return {
        code: ERROR_CODES.connectorTls,
        message: `no TLS connection to ${target}${code}`,
        remedy: 'check the scheme of baseUrl, and whether this process trusts the certificate (NODE_EXTRA_CA_CERTS)',
        retryable: false,
        sent: false,
      };
    case 'closed':
      return {
        code: ERROR_CODES.connectorClosed,
        message: `${target} was not called, because the connector has been closed`,
        remedy: 'make no calls after close() or the shutdown of the application',
        retryable: true,
        sent: false,
      };
    case 'reset':
      return {
        code: ERROR_CODES.connectorNetwork,
        message: `${target} closed the connection before it answered${code}`,
        remedy: 'look for a crash or a restart in the log of the server, or of a proxy before it',
        retryable: true,
      };
    case 'network':
      return {
        code: ERROR_CODES.connectorNetwork,
        message: `no connection to ${target}${code}`,
        remedy: ROUTE,
        retryable: false,
      };
    case 'malformed':
      return {
        code: ERROR_CODES.connectorResponse,
        message: `${target} did not answer in HTTP${code}`,
        remedy: 'check scheme and port of baseUrl',
        retryable: false,
      };
    case 'headers-too-large':
      return {
        code: ERROR_CODES.connectorResponse,
        message: `${target} sent headers of more than ${maxHeaderBytes} bytes`,
        remedy: 'look at what stands between the two',
        retryable: false,
      };
    case 'truncated':
      return {
        code: ERROR_CODES.connectorResponse,
        message: `${target} broke off its response in the middle of the body${code}`,
        remedy: 'look for a crash in the log of the server, and for limits of time or size in a proxy before it',
        retryable: true,
      };
    case 'too-large':
      return {
        code: ERROR_CODES.connectorResponse,
        message: `${target} sent a response of more than ${maxResponseBytes} bytes`,
        remedy: 'raise maxResponseBytes if that is expected',
        retryable: false,
      };
    case 'event-too-large':
      return {
        code: ERROR_CODES.connectorResponse,
        message: `${target} sent an event, or a line of one, of more than ${maxEventCharacters} characters`,
        remedy: 'raise maxEventCharacters if that is expected',
        retryable: false,
      };
    case 'encoded':
      return {
        code: ERROR_CODES.connectorResponse,
        message: `${target} sent a compressed response that was not asked for`,
        remedy: 'switch compression off in the server, or in a proxy before it',
        retryable: false,
      };
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { TEMPORAL } from '../../semantics/index.js';
import { errorMessage } from '../../tracing/index.js';
import { callWhileConnected, type CallingConnection, connectionState } from './registration-call.js';
import { CLOSED, isLimit, NO_ANSWER, tellMissingAttribute } from './search-attribute.notice.js';
import { GRPC, grpcStatus } from './search-attribute.rejection.js';

/** The part of a connection (client's or native) that knows about search attributes. */
export interface SearchAttributeServices extends CallingConnection {
  readonly operatorService?: {
    addSearchAttributes(request: { namespace: string; searchAttributes: Record<string, number> }): Promise<unknown>;
  };
  readonly workflowService?: {
    countWorkflowExecutions(request: { namespace: string; query: string }): Promise<unknown>;
  };
}

/** What `ensureSearchAttribute` may be told. */
export interface EnsureSearchAttributeOptions {
  /** Name of the attribute; `TraceId` unless given. */
  readonly name?: string;
  /** Longest wait until it is usable, in milliseconds; 10 s unless given. */
  readonly timeoutMs?: number;
}

/** `INDEXED_VALUE_TYPE_KEYWORD`. */
const KEYWORD = 2;
/** The server's caches take up to some seconds to see a new attribute. */
const POLL_MS = 200;
const TIMEOUT_MS = 10_000;
/** Answers that asking again does not change. On Temporal Cloud there is no operator service. */
const REFUSALS: readonly (number | undefined)[] = [
  GRPC.invalidArgument,
  GRPC.notFound,
  GRPC.permissionDenied,
  GRPC.unimplemented,
  GRPC.unauthenticated,
];

/**
 * Registers the search attribute in a namespace if it is missing and waits until workflows can be started with it; for
 * start-up. Gives `false`, with one WARN line that says what to do, when that is not possible (no permission, Temporal
 * Cloud, no attribute left, server away). Never rejects.
 */
export async function ensureSearchAttribute(
  connection: object,
  namespace = 'default',
  { name = TEMPORAL.searchAttribute, timeoutMs = TIMEOUT_MS }: EnsureSearchAttributeOptions = {},
): Promise<boolean> {
  const problem = await register(connection, namespace, name, { timeoutMs, keepsAlive: true });
  if (problem === undefined) return true;
  tellMissingAttribute(namespace, name, problem);
  return false;
}

/** How long to wait for the attribute, and whether the process has to stay up for it. */
interface RegistrationPatience {
  readonly timeoutMs?: number;
  /** Somebody awaits the outcome: a script with nothing else to do must not end in the middle of it. */
  readonly keepsAlive: boolean;
  /** Gives up as soon as it is aborted. */
  readonly signal?: AbortSignal;
}

/** Registers and waits; the reason in words when it did not work. Never rejects. */
export async function register(
  connection: SearchAttributeServices,
  namespace: string,
  name: string,
  { timeoutMs = TIMEOUT_MS, keepsAlive, signal }: RegistrationPatience,
): Promise<string | undefined> {
  // No number (a variable of the environment that is not set) would throw inside the transport, into nobody's hands.
  const deadline = Date.now() + (timeoutMs >= 0 ? timeoutMs : TIMEOUT_MS);
  const { operatorService, workflowService } = connection;
  if (operatorService === undefined || workflowService === undefined)
    return 'the connection offers no operator service';
  const within = <Result>(run: () => Promise<Result>): Promise<Result> => callWhileConnected(connection, deadline, run);
  let problem: string = NO_ANSWER;
  let registered = false;
  do {
    try {
      const state = connectionState(connection);
      if (state === 'closed') return CLOSED;
      if (state === 'ready') {
        // Asked first: a worker without the operator's permissions can find out that somebody has registered it.
        if (await within(() => isUsable(workflowService, namespace, name))) return undefined;
        problem = registered ? 'the server does not take it as a Keyword' : 'it is not registered';
        if (!registered)
          await within(() => operatorService.addSearchAttributes({ namespace, searchAttributes: { [name]: KEYWORD } }));
        registered = true;
      }
    } catch (error) {
      const { code, text } = grpcStatus(error);
      if (code === GRPC.alreadyExists) registered = true;
      else if (code !== GRPC.deadlineExceeded) problem = text === '' ? errorMessage(error) : text;
      if (REFUSALS.includes(code) || isLimit(text)) return problem;
    }
    await sleep(POLL_MS, undefined, { ref: keepsAlive });
  } while (Date.now() < deadline && signal?.aborted !== true);
  return problem;
}

/** A query by the attribute passes through the same cache as a start with it, and starts nothing. */
async function isUsable(
  service: NonNullable<SearchAttributeServices['workflowService']>,
  namespace: string,
  name: string,
): Promise<boolean> {
  try {
    await service.countWorkflowExecutions({ namespace, query: `\`${name}\` = 'none'` });
    return true;
  } catch (error) {
    if (grpcStatus(error).code === GRPC.invalidArgument) return false;
    throw error;
  }
}

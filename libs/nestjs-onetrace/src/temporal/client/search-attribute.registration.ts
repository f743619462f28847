import { setTimeout as sleep } from 'node:timers/promises';
import { componentLogger } from '../../logging/index.js';
import { COMPONENTS, TEMPORAL } from '../../semantics/index.js';
import { errorMessage } from '../../tracing/index.js';
import { GRPC, grpcStatus } from './search-attribute.rejection.js';

/** The part of a connection (client's or native) that knows about search attributes. */
export interface SearchAttributeServices {
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
const REFUSALS: readonly (number | undefined)[] = [GRPC.permissionDenied, GRPC.unauthenticated, GRPC.unimplemented];

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
  componentLogger(COMPONENTS.temporal).warn(
    `search attribute ${name} could not be registered in Temporal namespace "${namespace}" (${problem}); ` +
      `workflows run, but are not found by their trace ID. ${remedy(namespace, name)}`,
  );
  return false;
}

/** How long to wait for the attribute, and whether the process has to stay up for it. */
interface RegistrationPatience {
  readonly timeoutMs?: number;
  /** Somebody awaits the outcome: a script with nothing else to do must not end in the middle of it. */
  readonly keepsAlive: boolean;
}

/** Registers and waits; the reason in words when it did not work. */
export async function register(
  connection: SearchAttributeServices,
  namespace: string,
  name: string,
  { timeoutMs = TIMEOUT_MS, keepsAlive }: RegistrationPatience,
): Promise<string | undefined> {
  const deadline = Date.now() + timeoutMs;
  let problem = 'the connection offers no operator service';
  let registered = false;
  if (connection.operatorService === undefined || connection.workflowService === undefined) return problem;
  do {
    try {
      // Asked first: a worker without the operator's permissions can find out that somebody has registered it.
      if (await isUsable(connection, namespace, name)) return undefined;
      problem = 'the server does not know it yet';
      if (!registered)
        await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: { [name]: KEYWORD } });
      registered = true;
    } catch (error) {
      const { code, text } = grpcStatus(error);
      problem = text === '' ? errorMessage(error) : text;
      if (code === GRPC.alreadyExists) registered = true;
      else if (REFUSALS.includes(code) || code === GRPC.invalidArgument || isLimit(text)) return problem;
    }
    await sleep(POLL_MS, undefined, { ref: keepsAlive });
  } while (Date.now() < deadline);
  return problem;
}

/** How a person registers the attribute. */
export function remedy(namespace: string, name: string): string {
  return `Register it: temporal operator search-attribute create --namespace ${namespace} --name ${name} --type Keyword`;
}

/** A query by the attribute passes through the same cache as a start with it, and starts nothing. */
async function isUsable(connection: SearchAttributeServices, namespace: string, name: string): Promise<boolean> {
  try {
    await connection.workflowService?.countWorkflowExecutions({ namespace, query: `\`${name}\` = 'none'` });
    return true;
  } catch (error) {
    if (grpcStatus(error).code === GRPC.invalidArgument) return false;
    throw error;
  }
}

function isLimit(text: string): boolean {
  return /cannot have more than/i.test(text);
}

import { type Context, context } from '@opentelemetry/api';
import { IDENTITY_KEY } from './identity-key.js';

/** Flows whose debug lines are written without being asked for each of them. */
export interface DebugRules {
  readonly clients: readonly string[];
  readonly pipelines: readonly string[];
}

interface Debugging {
  clients: ReadonlySet<string>;
  pipelines: ReadonlySet<string>;
  /** Whether there was such a flow in this process: until then nobody looks into contexts for it. */
  seen: boolean;
}

/** What of an identity decides. */
interface Asking {
  readonly clientId?: string;
  readonly pipelineId?: string;
  readonly logLevel?: string;
}

/** Value of an identity's `logLevel` that has an effect. */
export const DEBUGGED = 'debug';

// Shared by every copy of the library in the process.
const HOLDER = Symbol.for('onetrace.context.debugging');
const debugging = ((globalThis as { [HOLDER]?: Debugging })[HOLDER] ??= {
  clients: new Set(),
  pipelines: new Set(),
  seen: false,
});

/** Sets the rules of this process. */
export function configureDebugRules({ clients, pipelines }: DebugRules): void {
  debugging.clients = new Set(clients);
  debugging.pipelines = new Set(pipelines);
}

/** Whether the debug lines of the flow are written that a context belongs to, by default the active one. */
export function isDebugged(ctx?: Context): boolean {
  if (!debugging.seen) return false;
  const identity = (ctx ?? context.active()).getValue(IDENTITY_KEY) as Asking | undefined;
  return identity?.logLevel === DEBUGGED;
}

/** What the rules say of an identity that is about to be carried: the same object, or one that asks for debug lines. */
export function byDebugRules<T extends Asking>(identity: T): T {
  const { clientId, pipelineId, logLevel } = identity;
  const { clients, pipelines } = debugging;
  if (logLevel === DEBUGGED) {
    debugging.seen = true;
    return identity;
  }
  const isNamed =
    (clients.size > 0 && clientId !== undefined && clients.has(clientId)) ||
    (pipelines.size > 0 && pipelineId !== undefined && pipelines.has(pipelineId));
  if (!isNamed) return identity;
  debugging.seen = true;
  return { ...identity, logLevel: DEBUGGED };
}

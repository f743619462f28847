import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { safely } from '../../tracing/index.js';
import { rememberConnections } from './client-connection.js';
import { CLIENT_REQUEST_CHANNEL, injectIntoClientRequest } from './client-request.injection.js';
import type { TargetTest } from './target-list.js';
import { injectIntoUndiciRequest, UNDICI_CHANNEL } from './undici-request.injection.js';

interface Subscription {
  readonly targets: Set<TargetTest>;
  stop: (() => void) | undefined;
}

// Shared by every copy of the library in a process: a second subscription would add every header twice.
const STATE_KEY = Symbol.for('onetrace.http.outgoing');
const holder = globalThis as { [STATE_KEY]?: Subscription };
const state = (holder[STATE_KEY] ??= { targets: new Set(), stop: undefined });

/**
 * Sends the trace along with this process's calls to the given targets, beside those of other applications in it, until the
 * returned function is called.
 */
export function propagateTo(targets: TargetTest): () => void {
  state.targets.add(targets);
  state.stop ??= start();
  return () => {
    state.targets.delete(targets);
    if (state.targets.size > 0) return;
    state.stop?.();
    state.stop = undefined;
  };
}

function start(): () => void {
  const isTarget: TargetTest = (origin, path) => {
    for (const test of state.targets) if (test(origin, path)) return true;
    return false;
  };
  // A subscriber that throws ends the process; the call itself must not notice either.
  const onUndici = (message: unknown): void =>
    void safely('outgoing fetch', () => injectIntoUndiciRequest(message, isTarget));
  const onClient = (message: unknown): void =>
    void safely('outgoing http', () => injectIntoClientRequest(message, isTarget));
  const forgetConnections = rememberConnections();
  subscribe(UNDICI_CHANNEL, onUndici);
  subscribe(CLIENT_REQUEST_CHANNEL, onClient);
  return () => {
    forgetConnections();
    unsubscribe(UNDICI_CHANNEL, onUndici);
    unsubscribe(CLIENT_REQUEST_CHANNEL, onClient);
  };
}

/** The part of a connection (client's or native) that decides how long a call may take. */
export interface CallingConnection {
  /** The transport of a client's connection; a native one keeps its own to itself. */
  readonly client?: { getChannel(): Channel };
  withDeadline?<Result>(deadline: number, run: () => Promise<Result>): Promise<Result>;
  withAbortSignal?<Result>(signal: AbortSignal, run: () => Promise<Result>): Promise<Result>;
}

/** The part of gRPC's channel that is needed here. */
interface Channel {
  getConnectivityState(tryToConnect: boolean): number;
  watchConnectivityState(current: number, deadline: number, changed: () => void): void;
}

/** `grpc.connectivityState`. */
const READY = 2;
const SHUTDOWN = 4;
const CALL_MS = 2000;

/** Calls under way by connection; each connection is watched once. */
const UNDER_WAY = new WeakMap<object, Set<AbortController>>();

/** Whether a call has a chance; asking makes an idle connection connect. */
export function connectionState(connection: CallingConnection): 'ready' | 'not ready' | 'closed' {
  const state = connection.client?.getChannel().getConnectivityState(true) ?? READY;
  if (state === SHUTDOWN) return 'closed';
  return state === READY ? 'ready' : 'not ready';
}

/**
 * Makes a call that ends with its connection. The SDK tries unanswered calls again from a timer, which throws into
 * nobody's hands, and so ends the process, once the application has closed the connection.
 */
export async function callWhileConnected<Result>(
  connection: CallingConnection,
  deadline: number,
  run: () => Promise<Result>,
): Promise<Result> {
  const { client } = connection;
  if (client === undefined || connection.withDeadline === undefined || connection.withAbortSignal === undefined) {
    return run();
  }
  const ended = new AbortController();
  const calls = watched(client.getChannel(), connection);
  calls.add(ended);
  try {
    return await connection.withDeadline(Math.min(deadline, Date.now() + CALL_MS), () =>
      // The interface is narrowed above, but not for the inner function.
      (connection as Required<CallingConnection>).withAbortSignal(ended.signal, run),
    );
  } finally {
    calls.delete(ended);
  }
}

function watched(channel: Channel, connection: CallingConnection): Set<AbortController> {
  const known = UNDER_WAY.get(connection);
  if (known !== undefined) return known;
  const calls = new Set<AbortController>();
  UNDER_WAY.set(connection, calls);
  // Without a deadline: its timer would keep the process up.
  channel.watchConnectivityState(READY, Infinity, () => {
    UNDER_WAY.delete(connection);
    for (const call of calls) call.abort();
  });
  return calls;
}

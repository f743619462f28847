import { Agent, type ClientRequest } from 'node:http';
import { safely } from '../../tracing/index.js';

/** The host and the port that a request was told to connect to. */
export interface Connection {
  readonly host: string;
  readonly port: number;
}

type AddRequest = (this: Agent, request: ClientRequest, options: unknown, ...rest: unknown[]) => unknown;

const connections = new WeakMap<ClientRequest, Connection>();

/** Where a request connects; `undefined` for Unix domain sockets and for requests that come by no agent of `node:http`, of which nobody knows. */
export function connectionOf(request: ClientRequest): Connection | undefined {
  return connections.get(request);
}

/**
 * Remembers where requests connect, until the returned function is called. A request itself keeps its host and no port: the options that its agent gets
 * are the only place that has both, and they are read before the request is told of.
 */
export function rememberConnections(): () => void {
  const agents = Agent.prototype as unknown as { addRequest: AddRequest };
  const { addRequest } = agents;
  let active = true;
  const remembering: AddRequest = function (request, options, ...rest) {
    if (active) safely('outgoing connection', () => remember(this, request, options));
    return addRequest.call(this, request, options, ...rest);
  };
  agents.addRequest = remembering;
  return () => {
    active = false;
    // Who has wrapped it since keeps what it calls.
    if (agents.addRequest === remembering) agents.addRequest = addRequest;
  };
}

/** What an agent was made with goes before what the request says, as it does in Node.js. */
function remember(agent: Agent, request: ClientRequest, options: unknown): void {
  const asked = { ...(options as object), ...(agent as { options?: object }).options } as Record<string, unknown>;
  const port = Number(asked['port']);
  if (asked['socketPath'] || typeof asked['host'] !== 'string' || !Number.isInteger(port)) return;
  connections.set(request, { host: asked['host'], port });
}

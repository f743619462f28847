import type { IncomingMessage, ServerResponse } from 'node:http';

/** Runs what handles a request inside what others keep for each request, such as a logger that can be given fields. */
export type RequestScope = <T>(request: IncomingMessage, response: ServerResponse, handle: () => T) => T;

/** Injection token of the scope; without one, requests are handled inside their trace alone. */
export const REQUEST_SCOPE = Symbol.for('onetrace.REQUEST_SCOPE');

/** The scope where nobody keeps anything. */
export const NO_SCOPE: RequestScope = (_request, _response, handle) => handle();

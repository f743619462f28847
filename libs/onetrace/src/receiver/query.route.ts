import type { IncomingMessage } from 'node:http';
import { findFlow } from '../flow/flow.finder.js';
import type { Store } from '../store/store.js';
import { errorReply, jsonReply, type Reply } from './reply.js';

const LOCAL_NAMES = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;
const FLOW_PATH = /^\/api\/flows\/([^/]+)$/;
const DEFAULT_RECENT = 20;
const MAX_RECENT = 100;

/** Answers `GET /api/health`, `/api/flows/:id` and `/api/recent?limit=N`; undefined for other paths. */
export function answerQuery(request: IncomingMessage, url: URL, store: Store): Reply | undefined {
  if (!url.pathname.startsWith('/api/')) return undefined;
  // A web page can point a name of its own at 127.0.0.1 and read what is there (DNS rebinding): the name gives it away.
  const isLocal = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.socket.localAddress ?? '');
  if (isLocal && !LOCAL_NAMES.test(request.headers.host ?? '')) {
    return jsonReply(403, { message: `host ${request.headers.host} is not this machine; ask 127.0.0.1 or localhost` });
  }
  if (url.pathname === '/api/health') return jsonReply(200, { status: 'ok', ...store.size() });
  if (url.pathname === '/api/recent')
    return jsonReply(200, { flows: recentFlows(store, url.searchParams.get('limit')) });
  const id = FLOW_PATH.exec(url.pathname)?.[1];
  return id === undefined ? undefined : answerFlow(store, id);
}

function answerFlow(store: Store, encodedId: string): Reply {
  try {
    const id = decodeURIComponent(encodedId);
    const flow = findFlow(store, id);
    return flow === undefined
      ? jsonReply(404, { message: `nothing with the ID ${id} was received` })
      : jsonReply(200, flow);
  } catch (error) {
    if (error instanceof URIError) return jsonReply(400, { message: `${encodedId} is no URL-encoded ID` });
    return errorReply(error);
  }
}

function recentFlows(store: Store, limit: string | null): unknown[] {
  const count = Math.min(MAX_RECENT, Math.max(1, Math.trunc(Number(limit ?? DEFAULT_RECENT)) || DEFAULT_RECENT));
  return store.recentTraces(count).map(({ traceId, startMs, spans }) => {
    const flow = findFlow(store, traceId);
    return { traceId, startMs, spans, outcome: flow?.outcome, components: flow?.components };
  });
}

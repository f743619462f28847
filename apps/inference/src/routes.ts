/** What a method and path ask of the server. */
export type Route =
  | { readonly kind: 'vllm-health' | 'vllm-models' | 'vllm-chat' | 'triton-health' | 'faults' | 'unknown' }
  | { readonly kind: 'triton-ready' | 'triton-infer'; readonly model: string; readonly version: string | undefined };

const FIXED: Readonly<Record<string, 'vllm-health' | 'vllm-models' | 'vllm-chat' | 'triton-health' | 'faults'>> = {
  'GET /health': 'vllm-health',
  'GET /v1/models': 'vllm-models',
  'POST /v1/chat/completions': 'vllm-chat',
  'GET /v2/health/live': 'triton-health',
  'GET /v2/health/ready': 'triton-health',
  'POST /_faults': 'faults',
};
const MODEL = /^(GET|POST) \/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?\/(ready|infer)$/;

/** Finds the route of a request; the query is ignored. */
export function matchRoute(method: string, url: string): Route {
  const target = `${method} ${url.split('?', 1)[0] ?? ''}`;
  const fixed = FIXED[target];
  if (fixed !== undefined) return { kind: fixed };
  const match = MODEL.exec(target);
  const model = match === null ? undefined : decoded(match[2] ?? '');
  if (match === null || model === undefined) return { kind: 'unknown' };
  const version = match[3];
  if (match[1] === 'GET' && match[4] === 'ready') return { kind: 'triton-ready', model, version };
  if (match[1] === 'POST' && match[4] === 'infer') return { kind: 'triton-infer', model, version };
  return { kind: 'unknown' };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

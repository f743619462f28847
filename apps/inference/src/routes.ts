import type { Question } from './triton/description.js';

/** Routes of vLLM's models. */
export type VllmOperation = 'chat' | 'completion' | 'embeddings' | 'rerank' | 'score' | 'tokenize';

/** Routes of Triton's models that ask for work. */
export type TritonOperation = 'infer' | 'generate' | 'generate_stream';

/** What a method and path ask of the server. */
export type Route =
  | { readonly kind: 'health' | 'vllm-models' | 'triton-server' | 'faults' | 'unknown' }
  | { readonly kind: 'vllm'; readonly operation: VllmOperation }
  | {
      readonly kind: 'triton';
      readonly operation: TritonOperation;
      readonly model: string;
      readonly version: string | undefined;
    }
  | {
      readonly kind: 'triton-question';
      readonly question: Question;
      readonly model: string;
      readonly version: string | undefined;
    };

const FIXED: Readonly<Record<string, Route>> = {
  'GET /health': { kind: 'health' },
  'GET /v1/models': { kind: 'vllm-models' },
  'POST /v1/chat/completions': { kind: 'vllm', operation: 'chat' },
  'POST /v1/completions': { kind: 'vllm', operation: 'completion' },
  'POST /v1/embeddings': { kind: 'vllm', operation: 'embeddings' },
  'POST /v1/rerank': { kind: 'vllm', operation: 'rerank' },
  'POST /score': { kind: 'vllm', operation: 'score' },
  'POST /tokenize': { kind: 'vllm', operation: 'tokenize' },
  'GET /v2': { kind: 'triton-server' },
  'GET /v2/health/live': { kind: 'health' },
  'GET /v2/health/ready': { kind: 'health' },
  'POST /_faults': { kind: 'faults' },
};
const MODEL = /^(GET|POST) \/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(\w+))?$/;
const OPERATIONS: readonly string[] = ['infer', 'generate', 'generate_stream'] satisfies TritonOperation[];
const QUESTIONS: Readonly<Record<string, Question>> = {
  ready: 'ready',
  '': 'metadata',
  config: 'config',
  stats: 'stats',
};

/** Finds the route of a request; the query is ignored. */
export function matchRoute(method: string, url: string): Route {
  const target = `${method} ${url.split('?', 1)[0] ?? ''}`;
  const fixed = FIXED[target];
  if (fixed !== undefined) return fixed;
  const match = MODEL.exec(target);
  const model = decoded(match?.[2] ?? '%');
  if (match === null || model === undefined) return { kind: 'unknown' };
  const [version, what = ''] = [match[3], match[4]];
  if (match[1] === 'POST' && OPERATIONS.includes(what)) {
    return { kind: 'triton', operation: what as TritonOperation, model, version };
  }
  const question = match[1] === 'GET' ? QUESTIONS[what] : undefined;
  return question === undefined ? { kind: 'unknown' } : { kind: 'triton-question', question, model, version };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

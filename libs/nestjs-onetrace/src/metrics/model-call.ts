import type { GenAiConventions } from '../semantics/index.js';

/** Tokens that a call took, as far as the server said. */
export interface TokenCounts {
  readonly input?: number;
  readonly output?: number;
  /** Of the input: read from the provider's cache. */
  readonly cacheRead?: number;
  /** Of the input: written to the provider's cache. */
  readonly cacheWrite?: number;
  /** Of the output: spent on reasoning. */
  readonly reasoning?: number;
}

/** What is known of the call of a model when it begins. */
export interface ModelCall {
  readonly connector: string;
  /** `host:port`. */
  readonly target: string;
  readonly conventions: GenAiConventions;
  /** `chat`, `text_completion`, `embeddings` ...; `undefined` for tensors, which the GenAI conventions have no series for. */
  readonly operation: string | undefined;
  readonly provider: string;
  readonly model: string;
  /** The only models that stand in labels by name; `undefined` for the first ones that come. */
  readonly namedModels: ReadonlySet<string> | undefined;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly tenantId: string | undefined;
}

/** How the call of a model ended, all attempts together. */
export interface ModelCallEnd {
  readonly durationMs: number;
  /** Milliseconds to the first chunk; only of a streamed answer. */
  readonly firstChunkMs: number | undefined;
  readonly responseModel: string | undefined;
  readonly tokens: TokenCounts;
  readonly cost: { readonly amount: number; readonly currency: string } | undefined;
  /** `error.type` of a call that failed. */
  readonly errorType: string | undefined;
  readonly status: 'success' | 'error' | 'cancelled';
}

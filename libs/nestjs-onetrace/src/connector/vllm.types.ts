import type { StreamedChunk, TokenUsage } from './open-ai.types.js';

/** Body of a text completion request; fields beyond these pass through. */
export interface CompletionRequest {
  readonly model: string;
  readonly prompt: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  /** `true` answers with a `ModelStream` of chunks. */
  readonly stream?: boolean;
  /** As in a chat completion request. */
  readonly stream_options?: { readonly include_usage?: boolean; readonly [field: string]: unknown } | null;
  readonly [field: string]: unknown;
}

/** A text completion as the server sent it; fields beyond these are there too. */
export interface Completion {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly {
    readonly index?: number;
    readonly text: string;
    readonly finish_reason?: string | null;
    readonly [field: string]: unknown;
  }[];
  readonly usage?: TokenUsage | null;
  readonly [field: string]: unknown;
}

/** One chunk of a streamed text completion. */
export interface CompletionChunk extends StreamedChunk {
  readonly choices: readonly {
    readonly index?: number;
    readonly text: string;
    readonly finish_reason?: string | null;
    readonly [field: string]: unknown;
  }[];
}

/** Body of an embeddings request; fields beyond these pass through. */
export interface EmbeddingsRequest {
  readonly model: string;
  readonly input: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  /** `float`, or `base64` for a text of little-endian 32-bit floats. */
  readonly encoding_format?: 'float' | 'base64';
  readonly dimensions?: number;
  readonly [field: string]: unknown;
}

/** Embeddings as the server sent them; fields beyond these are there too. */
export interface Embeddings {
  readonly model: string;
  readonly data: readonly {
    readonly index: number;
    /** Numbers, or with `base64` a text. */
    readonly embedding: readonly number[] | string;
    readonly [field: string]: unknown;
  }[];
  readonly usage?: TokenUsage | null;
  readonly [field: string]: unknown;
}

/** Body of a rerank request, as vLLM takes it; fields beyond these pass through. */
export interface RerankRequest {
  readonly model: string;
  readonly query: string;
  readonly documents: readonly string[];
  readonly top_n?: number;
  readonly [field: string]: unknown;
}

/** Documents by relevance, as the server sent them; fields beyond these are there too. */
export interface Reranking {
  readonly id?: string;
  readonly model?: string;
  readonly results: readonly {
    readonly index: number;
    readonly relevance_score: number;
    readonly [field: string]: unknown;
  }[];
  readonly usage?: TokenUsage | null;
  readonly [field: string]: unknown;
}

/** Body of a score request, as vLLM takes it; fields beyond these pass through. */
export interface ScoreRequest {
  readonly model: string;
  readonly text_1: string | readonly string[];
  readonly text_2: string | readonly string[];
  readonly [field: string]: unknown;
}

/** How well texts fit each other, as the server sent it; fields beyond these are there too. */
export interface Scores {
  readonly id?: string;
  readonly model?: string;
  readonly data: readonly { readonly index: number; readonly score: number; readonly [field: string]: unknown }[];
  readonly usage?: TokenUsage | null;
  readonly [field: string]: unknown;
}

/** The models of a server; fields beyond these are there too. */
export interface ModelList {
  readonly data: readonly { readonly id: string; readonly [field: string]: unknown }[];
  readonly [field: string]: unknown;
}

/** Body of vLLM's `/tokenize`: a prompt, or the messages of a chat; fields beyond these pass through. */
export interface TokenizeRequest {
  readonly model: string;
  readonly prompt?: string;
  readonly messages?: readonly unknown[];
  readonly [field: string]: unknown;
}

/** The tokens of a text; fields beyond these are there too. */
export interface Tokens {
  readonly count: number;
  readonly tokens: readonly number[];
  /** Tokens that the model takes at most, prompt and answer together. */
  readonly max_model_len?: number;
  readonly [field: string]: unknown;
}

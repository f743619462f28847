/** A message of a chat; fields beyond these pass through. */
export interface ChatMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly [field: string]: unknown;
}

/** Body of a chat completion request; fields beyond these pass through. */
export interface ChatCompletionRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  /** `true` answers with a `ModelStream` of chunks. */
  readonly stream?: boolean;
  /** `include_usage` is asked for unless it is said here; the chunk that it adds is yours only if you ask for it. */
  readonly stream_options?: { readonly include_usage?: boolean; readonly [field: string]: unknown } | null;
  readonly [field: string]: unknown;
}

/** Tokens that a completion took, as the server counted them. */
export interface TokenUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
}

/** A chat completion as the server sent it; fields beyond these are there too. */
export interface ChatCompletion {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly {
    readonly index?: number;
    readonly message: { readonly role?: string; readonly content?: string | null; readonly [field: string]: unknown };
    readonly finish_reason?: string | null;
    readonly [field: string]: unknown;
  }[];
  readonly usage?: TokenUsage | null;
  readonly [field: string]: unknown;
}

/** What chunks of all streamed completions have. */
export interface StreamedChunk {
  readonly id?: string;
  readonly model?: string;
  readonly choices: readonly {
    readonly index?: number;
    readonly finish_reason?: string | null;
    readonly [field: string]: unknown;
  }[];
  readonly usage?: TokenUsage | null;
  readonly [field: string]: unknown;
}

/** One chunk of a streamed chat completion as the server sent it; tool calls and reasoning are in the delta too. */
export interface ChatCompletionChunk extends StreamedChunk {
  readonly choices: readonly {
    readonly index?: number;
    readonly delta: { readonly role?: string; readonly content?: string | null; readonly [field: string]: unknown };
    readonly finish_reason?: string | null;
    readonly [field: string]: unknown;
  }[];
}

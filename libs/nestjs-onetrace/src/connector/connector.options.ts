import type { GenAiConventions } from '../semantics/index.js';
import type { AnswerSchemas } from './answer.schema.js';
import type { ModelPrice, PriceList } from './price-list.js';

/** What a target speaks: the OpenAI API (vLLM and alike), KServe v2 (Triton, MLServer), or plain HTTP. */
export type ConnectorProtocol = 'openai' | 'kserve' | 'http';

/** Options of a connector. Only `name`, `protocol` and `baseUrl` are required; all times are milliseconds. */
export interface ConnectorOptions<P extends ConnectorProtocol = ConnectorProtocol> {
  /** Name under which the connector is injected: `@InjectConnector('llm')`. */
  readonly name: string;
  readonly protocol: P;
  /** Address of the server, such as `http://vllm:8000`; a `/v1` at the end is understood for `openai`. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer`; never written to lines, spans or errors. */
  readonly apiKey?: string;
  /** Sent with every request; never written to lines, spans or errors. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeouts?: {
    /** For a new connection, name look-up and TLS included; it counts for `headersMs` too. Default 10,000. */
    readonly connectMs?: number;
    /** For one attempt, from its start to the response's headers. A plain completion sends them when it is done. Default 60,000. */
    readonly headersMs?: number;
    /** For one attempt of a streamed call, from the response's headers to the first event. Default 60,000. */
    readonly firstTokenMs?: number;
    /** Longest silence in the middle of a stream. Default 30,000. */
    readonly idleMs?: number;
    /** For the whole call, all attempts, waits and the body included. Default 180,000. */
    readonly totalMs?: number;
  };
  readonly retry?: {
    /** Attempts in all; 1 switches retries off. Default 3. */
    readonly maxAttempts?: number;
    /** First wait before a retry; doubles, with jitter. Default 200. */
    readonly initialDelayMs?: number;
    /** Longest wait that doubling leads to. Default 5,000. */
    readonly maxDelayMs?: number;
    /** Longest `Retry-After` that is waited for; after a longer one the call fails at once. Default 30,000. */
    readonly maxRetryAfterMs?: number;
    /** Bounds the retries of all calls together, so that a dying server is not asked many times more often; `false` switches it off. */
    readonly budget?:
      | false
      | {
          /** Retries for each call, 0.2 being one for five. Default 0.2. */
          readonly ratio?: number;
          /** Retries that there are besides, for targets that are seldom called. Default 10. */
          readonly minRetries?: number;
          /** Over which time both are counted. Default 10,000. */
          readonly windowMs?: number;
        };
  };
  /** How many calls there are at a time; `false` does not limit them. A stream counts until it ends. */
  readonly concurrency?:
    | false
    | {
        /** Calls that are under way at a time, and so connections. Default 256. */
        readonly maxConcurrent?: number;
        /** Calls that wait for others to end; the next one fails at once. Default 1,000. */
        readonly maxQueued?: number;
      };
  /** Stops calling a target that is down; `false` switches it off. */
  readonly circuitBreaker?:
    | false
    | {
        /** Failed attempts in a row (no answer, none in time, one broken off, 502, 503, 504) that open the circuit. Default 10. */
        readonly consecutiveFailures?: number;
        /** How long it stays open before one attempt is let through. Default 10,000. */
        readonly halfOpenAfterMs?: number;
      };
  /** Largest response body that is read, in bytes. Default 32 MiB. */
  readonly maxResponseBytes?: number;
  /** Longest event of a stream, or line of one, in characters. Default 8,388,608. */
  readonly maxEventCharacters?: number;
  /** A provider outside the own house: gets `traceparent`, but neither baggage nor client ID. Default `false`. */
  readonly foreign?: boolean;
  /** `gen_ai.provider.name` of the GenAI spans. Default: the protocol. */
  readonly provider?: string;
  /**
   * Writes the content of model calls (messages, answers, tools) on their spans, redacted; never on lines. `true` writes at most 8,192 bytes
   * of each. Default `false`: content leaves the process in no other way than to the model.
   */
  readonly captureContent?: boolean | { readonly maxBytes?: number };
  /** What models cost, by their names; there are no prices unless you give them. */
  readonly prices?: Readonly<Record<string, ModelPrice>>;
  readonly metrics?: {
    /** Models that stand in labels by name; every other one is `_OTHER`. Default: the first 50 that the process calls. */
    readonly models?: readonly string[];
  };
}

/** Options of a single call. */
export interface CallOptions {
  /** Cancels the call; the connection to the server is closed. */
  readonly signal?: AbortSignal;
  /**
   * Whether the call goes on when the HTTP request or the Temporal activity in which it is made is cancelled. Default `false`: the client that leaves,
   * and the activity that is cancelled, cancel it.
   */
  readonly detached?: boolean;
  /** Sent with this call besides the connector's own; never written to lines, spans or errors. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Options of a single call that a model answers with words. */
export interface CompletionOptions extends CallOptions {
  /**
   * What the answer is held to. One that does not fit is counted and told on span and line, and handed over all the same: what to do with it
   * is yours to say.
   */
  readonly validate?: AnswerSchemas;
}

/** The options as the connector uses them: checked, complete, read-only. */
export interface ResolvedConnectorOptions {
  readonly name: string;
  readonly protocol: ConnectorProtocol;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path in front of every request's path; empty or beginning with a slash. */
  readonly basePath: string;
  /** `host:port`, as it stands in span names, lines and errors. */
  readonly target: string;
  readonly serverAddress: string;
  readonly serverPort: number;
  /** Lower-case names; authorization included. */
  readonly headers: Readonly<Record<string, string>>;
  /** Values that must never be written anywhere. */
  readonly secrets: readonly string[];
  readonly timeouts: {
    readonly connectMs: number;
    readonly headersMs: number;
    readonly firstTokenMs: number;
    readonly idleMs: number;
    readonly totalMs: number;
  };
  readonly retry: {
    readonly maxAttempts: number;
    readonly initialDelayMs: number;
    readonly maxDelayMs: number;
    readonly maxRetryAfterMs: number;
    readonly budget: { readonly ratio: number; readonly minRetries: number; readonly windowMs: number } | undefined;
  };
  readonly concurrency: { readonly maxConcurrent: number; readonly maxQueued: number } | undefined;
  readonly circuitBreaker: { readonly consecutiveFailures: number; readonly halfOpenAfterMs: number } | undefined;
  readonly maxResponseBytes: number;
  readonly maxEventCharacters: number;
  /** Largest headers of a response that are read, in bytes. */
  readonly maxHeaderBytes: number;
  readonly foreign: boolean;
  readonly provider: string;
  /** Bytes of content that a span may carry in an attribute; `undefined` for none at all. */
  readonly capturedBytes: number | undefined;
  readonly prices: PriceList;
  /** The only models that stand in labels by name; `undefined` for the first ones that come. */
  readonly namedModels: ReadonlySet<string> | undefined;
  readonly conventions: GenAiConventions;
}

/** What a stream of server-sent events must hold; JSON parsed where an event is JSON. */
export interface ExpectedEvents {
  /** All of them, in order. */
  readonly all?: readonly unknown[];
  readonly first?: unknown;
  /** Every one but `[DONE]`. */
  readonly each?: unknown;
  readonly last?: readonly unknown[];
}

/** A request, and what every server of the protocol answers to it: the stand-in as well as the real one. */
export interface ContractCase {
  readonly what: string;
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  /** A text is sent as it is. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The trace is sent as one that nobody records. */
  readonly unsampled?: boolean;
  readonly status: number;
  /** Content type without parameters; `undefined` where there is no body or any will do. */
  readonly type?: string;
  readonly answer?: unknown;
  readonly events?: ExpectedEvents;
  /** The server's spans below the one that was sent, as names from the top; none unless given. */
  readonly spans?: readonly string[];
  /** What the innermost of them, or the one named, has. */
  readonly attributes?: { readonly of: string; readonly are: Readonly<Record<string, unknown>> };
  /** How many events of each name the topmost of them has. */
  readonly spanEvents?: Readonly<Record<string, number>>;
}

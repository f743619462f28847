import { TEMPORAL } from '../../semantics/index.js';
import { hasSearchAttribute, type SearchableOptions, withSearchAttribute } from '../workflow/search-attribute.js';
import { tellLateAttribute, tellMissingAttribute } from './search-attribute.notice.js';
import { register } from './search-attribute.registration.js';
import { grpcStatus, isRejectedAttribute } from './search-attribute.rejection.js';

/** Start options as far as they are changed here. */
export interface StartOptions extends SearchableOptions {
  memo?: Record<string, unknown>;
}

/** What is known of the attribute in a namespace. */
type Knowledge = 'unknown' | 'usable' | 'missing';

/** How long the memo is used before the attribute is tried again, in milliseconds. */
const TRY_AGAIN_MS = 60_000;

/**
 * Starts workflows with the trace ID as search attribute, or in the memo where the namespace does not take the
 * attribute. No start fails or waits because of it: registering goes on beside.
 */
export class SearchableStart {
  private knowledge: Knowledge = 'unknown';
  private tryAgainAt = 0;
  private registering = false;
  /** Whether registering has found it, or made it, usable. */
  private registered = false;

  constructor(
    private readonly name: string | false,
    private readonly namespace: string,
    private readonly connection: object | undefined,
  ) {}

  /**
   * Starts with the attribute; once more without it when the server refused the attribute. A refused start has started
   * nothing, so that it may be repeated with the same workflow ID.
   */
  async start<Options extends StartOptions, Result>(
    options: Options,
    traceId: string | undefined,
    start: (options: Options) => Promise<Result>,
  ): Promise<Result> {
    const { name } = this;
    if (name === false || traceId === undefined || hasSearchAttribute(options, name)) return start(options);
    if (this.knowledge === 'missing' && Date.now() < this.tryAgainAt) return start(withMemo(options, traceId));
    try {
      const result = await start(withSearchAttribute(options, name, traceId));
      this.knowledge = 'usable';
      return result;
    } catch (error) {
      if (!isRejectedAttribute(error, name)) throw error;
      this.missing(name, error);
      return start(withMemo(options, traceId));
    }
  }

  /**
   * The same for calls that cannot be repeated without being noticed (update-with-start fails the workflow handle at
   * the first refusal): the attribute is set only where it is known to be usable.
   */
  async startOnce<Options extends StartOptions, Result>(
    options: Options,
    traceId: string | undefined,
    start: (options: Options) => Promise<Result>,
  ): Promise<Result> {
    const { name } = this;
    if (name === false || traceId === undefined || this.knowledge === 'usable') {
      return this.start(options, traceId, start);
    }
    if (Date.now() >= this.tryAgainAt) {
      this.tryAgainAt = Date.now() + TRY_AGAIN_MS;
      this.registerBeside(name);
    }
    return start(withMemo(options, traceId));
  }

  private missing(name: string, refusal: unknown): void {
    this.knowledge = 'missing';
    this.tryAgainAt = Date.now() + TRY_AGAIN_MS;
    // Known to the namespace and refused all the same: it is of another type.
    if (this.registered) tellMissingAttribute(this.namespace, name, grpcStatus(refusal).text);
    else this.registerBeside(name);
  }

  private registerBeside(name: string): void {
    if (this.registering) return;
    if (this.connection === undefined) {
      if (this.knowledge === 'missing') tellMissingAttribute(this.namespace, name, 'it is not registered');
      return;
    }
    this.registering = true;
    // Never rejects.
    void register(this.connection, this.namespace, name, { keepsAlive: false }).then((problem) => {
      this.registering = false;
      if (problem !== undefined) tellMissingAttribute(this.namespace, name, problem);
      else {
        if (this.knowledge === 'missing') tellLateAttribute(this.namespace, name);
        this.knowledge = 'usable';
        this.registered = true;
      }
    });
  }
}

function withMemo<Options extends StartOptions>(options: Options, traceId: string): Options {
  return { ...options, memo: { [TEMPORAL.memoKey]: traceId, ...options.memo } };
}

import { register } from '../client/search-attribute.registration.js';
import { NO_ANSWER, tellMissingAttribute } from '../client/search-attribute.notice.js';

/**
 * Registers the search attribute in every namespace that the application's clients and workers use, from its start on.
 * Nothing waits for it, and nothing fails with it.
 */
export class SearchAttributeStart {
  private readonly ending = new AbortController();
  private readonly known = new WeakMap<object, Set<string>>();
  private waiting: (() => void)[] | undefined = [];

  constructor(private readonly name: string | false) {}

  /** A client or worker with this connection was made. */
  seen(connection: object | undefined, namespace = 'default'): void {
    const { name } = this;
    if (connection === undefined || name === false || this.ending.signal.aborted) return;
    const namespaces = this.known.get(connection) ?? new Set();
    if (namespaces.has(namespace)) return;
    this.known.set(connection, namespaces.add(namespace));
    const ensure = (): void => void this.ensure(connection, namespace, name);
    if (this.waiting === undefined) ensure();
    else this.waiting.push(ensure);
  }

  /** The application is up: what was seen before counts too. */
  begin(): void {
    for (const ensure of this.waiting ?? []) ensure();
    this.waiting = undefined;
  }

  /** The application ends, and its connections with it. */
  end(): void {
    this.waiting = [];
    this.ending.abort();
  }

  private async ensure(connection: object, namespace: string, name: string): Promise<void> {
    const { signal } = this.ending;
    const problem = await register(connection, namespace, name, { keepsAlive: false, signal });
    // A server that is away is the application's own trouble, and nothing is known of its attributes.
    if (problem !== undefined && problem !== NO_ANSWER && !signal.aborted) {
      tellMissingAttribute(namespace, name, problem);
    }
  }
}

import type { OnApplicationShutdown } from '@nestjs/common';
import { getIdentity } from '../context/index.js';
import { modelMetrics } from '../metrics/index.js';
import { safely } from '../tracing/index.js';
import { CallRunner } from './call.runner.js';
import type { ConnectorCall, StreamCall } from './connector.call.js';
import type { ConnectorProtocol, ResolvedConnectorOptions } from './connector.options.js';
import type { ModelCallFinder } from './fetch.call.js';
import { FetchRequest } from './fetch.request.js';
import type { ModelStream } from './model-stream.js';
import { CALL_OPTIONS, checkCallOptions, checkPath } from './call-option.checks.js';

/** What connectors of every protocol have in common. */
export abstract class Connector implements OnApplicationShutdown {
  /** Name under which the connector is injected. */
  readonly name: string;
  /** `host:port` of the server. */
  readonly target: string;
  // Private to the language, so that no dump of a connector shows its key.
  readonly #runner: CallRunner;
  readonly #protocol: ConnectorProtocol;
  readonly #namedModels: ReadonlySet<string> | undefined;

  constructor(options: ResolvedConnectorOptions) {
    this.name = options.name;
    this.target = options.target;
    this.#runner = new CallRunner(options);
    this.#protocol = options.protocol;
    this.#namedModels = options.namedModels;
  }

  /**
   * Counts that the application has looked for an answer in a cache of its own, in front of this connector: the series
   * `llm_cache_hits_total` and `llm_cache_misses_total`. Never throws.
   *
   * @param model model whose answer was looked for.
   * @param hit whether it was there, so that no model is called.
   */
  countCacheLookup(model: string, hit: boolean): void {
    const call = { model, namedModels: this.#namedModels, tenantId: getIdentity().tenantId };
    safely('model metrics', () => modelMetrics().cacheLookedUp(call, hit));
  }

  /**
   * A `fetch` by the WHATWG Fetch Standard for a client of your own, such as the openai package: `new OpenAI({ baseURL, fetch: llm.fetch })`. It sends,
   * tries again and tells like the connector's own methods, only to addresses below `baseUrl`. Responses and errors are those of Node.js's `fetch`; of what went
   * wrong by the connector's own limits the `cause` is the `ConnectorError`.
   */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
    this.#runner.fetch(new FetchRequest(input, init), this.findModelCall);

  /** Closes the connections after the calls that are under way. Nest does it at shutdown. */
  async close(): Promise<void> {
    await this.#runner.close();
  }

  /** @internal */
  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** Which call of a model a request of `fetch` is. */
  protected readonly findModelCall: ModelCallFinder = async () => undefined;

  /** @throws ConnectorError */
  protected run<T>(call: ConnectorCall<T>): Promise<T> {
    // The name of a model is part of it.
    checkPath(this.name, call.path);
    return this.#runner.run(call);
  }

  /** @throws ConnectorError */
  protected stream<Item>(call: StreamCall<Item>): Promise<ModelStream<Item>> {
    checkPath(this.name, call.path);
    return this.#runner.stream(call);
  }

  /** What errors about the body of a call speak of. */
  protected get bodySubject(): string {
    return `Call of connector "${this.name}": its body`;
  }

  /**
   * Checks the options of a call, before anything reads them.
   *
   * @throws OnetraceError ONETRACE_INVALID_OPTION
   */
  protected checkOptions(options: unknown): void {
    checkCallOptions(this.name, options, CALL_OPTIONS[this.#protocol]);
  }
}

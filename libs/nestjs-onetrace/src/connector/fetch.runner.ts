import type { Attempt } from './attempt.runner.js';
import { pathBelow } from './base-path.js';
import type { CallDeadline } from './call-deadline.js';
import { CallRecord } from './call.record.js';
import type { ConnectorErrors } from './connector-error.factory.js';
import { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { type FetchCall, fetchCall, type ModelCallFinder } from './fetch.call.js';
import { FetchExchange } from './fetch.exchange.js';
import type { FetchRequest } from './fetch.request.js';
import { foreignAddress } from './foreign-address.js';
import type { Transport } from './transport.js';

/** The way of every call of a connector. */
interface CallFlow {
  begin(call: FetchCall): CallDeadline;
  /** @throws ConnectorError where the call has no place among the others. */
  admit(call: FetchCall, record: CallRecord, deadline: CallDeadline): Promise<void> | undefined;
  /** Makes attempts as the connector's options say, in the context of the call's span. */
  withResilience(
    call: FetchCall,
    record: CallRecord,
    deadline: CallDeadline,
    attempt: (attempt: Attempt<FetchCall>) => Promise<void>,
  ): Promise<void>;
}

/** Runs the logical calls of `connector.fetch`: the client gets what `fetch` gives, in the attempt that was the last. */
export class FetchRunner {
  constructor(
    private readonly options: ResolvedConnectorOptions,
    private readonly transport: Transport,
    private readonly errors: ConnectorErrors,
    private readonly flow: CallFlow,
  ) {}

  async run(request: FetchRequest, findModelCall: ModelCallFinder): Promise<Response> {
    const { options } = this;
    const { origin, pathname } = request.url;
    const path = pathBelow(options, origin, pathname);
    if (path === undefined) throw failed(foreignAddress(options, request.url.href));
    const call = await fetchCall(options.name, path, request, findModelCall);
    const record = new CallRecord(options, call);
    const deadline = this.flow.begin(call);
    let last: FetchExchange | undefined;
    try {
      await this.flow.admit(call, record, deadline);
      await this.flow.withResilience(call, record, deadline, async (attempt) => {
        last?.discard();
        last = new FetchExchange({ options, errors: this.errors, attempt, call: record, request }, this.transport);
        await last.send();
      });
    } catch (error) {
      const answered = last?.response !== undefined && deadline.interruption === undefined;
      if (!answered) {
        last?.discard();
        return this.fail(error, last?.thrown, record, deadline, request);
      }
    }
    return handOver(last, record, deadline);
  }

  private fail(
    error: unknown,
    thrown: unknown,
    record: CallRecord,
    deadline: CallDeadline,
    { signal }: FetchRequest,
  ): never {
    deadline[Symbol.dispose]();
    record.failed(error, undefined, deadline.cancelledBy);
    if (signal?.aborted === true) throw signal.reason;
    throw thrown ?? (error instanceof ConnectorError ? failed(error) : error);
  }
}

/** From here on the response ends the call, once, whatever its reader does. */
function handOver(exchange: FetchExchange | undefined, record: CallRecord, deadline: CallDeadline): Response {
  exchange?.whenEnded((ending) => {
    const free = (): void => deadline[Symbol.dispose]();
    // An open connection holds its place among the calls, and must not outlive them.
    if (ending.kind === 'failed' || ending.closed === undefined) free();
    else void ending.closed.then(free);
    if (ending.kind === 'failed') record.failed(ending.error, ending.outcome, deadline.cancelledBy);
    else record[ending.kind](ending.outcome);
  });
  return exchange?.handOver() as Response;
}

/** What `fetch` rejects with when there is no response. */
function failed(cause: Error): TypeError {
  return new TypeError('fetch failed', { cause });
}

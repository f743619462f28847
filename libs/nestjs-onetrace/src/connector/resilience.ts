import { setTimeout as wait } from 'node:timers/promises';
import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import type { CallDeadline } from './call-deadline.js';
import { Circuit, type CircuitListener } from './circuit.js';
import type { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { RetryBudget } from './retry.budget.js';
import { type RetriedCall, type RetryDecision, RetryPlan } from './retry.plan.js';

/** What a call does, and what is made of what interrupts it between attempts. */
export interface ResilientCall<T> extends RetriedCall {
  /** Makes one attempt; `planRetry` says what follows a failure. */
  attempt(number: number, planRetry: (error: ConnectorError) => RetryDecision): Promise<T>;
  interrupted(lastFailure: ConnectorError | undefined): ConnectorError;
  circuitOpen(lastFailure: unknown, openMs: number | undefined): ConnectorError;
}

/** Retries, their budget and the circuit breaker of one target. */
export class Resilience {
  private readonly circuit: Circuit | undefined;
  private readonly budget: RetryBudget | undefined;

  constructor(
    private readonly options: ResolvedConnectorOptions,
    onCircuit: CircuitListener,
  ) {
    const { circuitBreaker, retry: retries } = options;
    this.circuit = circuitBreaker && new Circuit(circuitBreaker, onCircuit);
    this.budget = retries.budget && new RetryBudget(retries.budget);
  }

  async run<T>(call: ResilientCall<T>): Promise<T> {
    const plan = new RetryPlan(this.options.retry, call, this.circuit, this.budget);
    this.budget?.called();
    // Most calls need no more than this.
    try {
      return await this.attempt(call, plan, 1);
    } catch (error) {
      if (plan.delayMs === undefined) throw error;
    }
    // cockatiel's own wait does not end when the signal aborts, so the wait is made here and its is none.
    const policy = retry(
      handleWhen(() => plan.delayMs !== undefined),
      { maxAttempts: this.options.retry.maxAttempts - 2, backoff: new ConstantBackoff(0) },
    );
    return policy.execute(({ attempt }) => this.again(call, plan, attempt + 2));
  }

  private async again<T>(call: ResilientCall<T>, plan: RetryPlan, number: number): Promise<T> {
    if (plan.delayMs !== undefined) await pause(plan.delayMs, call.deadline);
    plan.delayMs = undefined;
    return this.attempt(call, plan, number);
  }

  private attempt<T>(call: ResilientCall<T>, plan: RetryPlan, number: number): Promise<T> {
    if (call.deadline.interruption !== undefined) throw call.interrupted(plan.lastFailure);
    const make = (): Promise<T> => call.attempt(number, (error) => plan.after(error, number));
    if (this.circuit === undefined) return make();
    return this.circuit.run(make, (lastFailure, openMs) => call.circuitOpen(lastFailure, openMs));
  }
}

async function pause(ms: number, deadline: CallDeadline): Promise<void> {
  if (deadline.interruption !== undefined) return;
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  deadline.listen(interrupt);
  try {
    await wait(ms, undefined, { signal: interrupted.signal });
  } catch {
    // Aborted: the caller of this looks at the deadline.
  } finally {
    deadline.unlisten(interrupt);
  }
}

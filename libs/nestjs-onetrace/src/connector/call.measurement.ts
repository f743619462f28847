import type { Attributes, Context } from '@opentelemetry/api';
import { getIdentity } from '../context/index.js';
import { type ModelCallEnd, modelMetrics, type TokenCounts } from '../metrics/index.js';
import { ATTR, ERROR_CODES } from '../semantics/index.js';
import { errorType, safely } from '../tracing/index.js';
import type { CallOutcome, CallRequest } from './connector.call.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { brokenOff, inConventions } from './gen-ai-conventions.js';
import type { Cost } from './price-list.js';
import { tokenCounts } from './token-counts.js';

/** How a call ended, as its record knows it. */
export interface CallEnd {
  readonly durationMs: number;
  /** Milliseconds to the first item; only of a streamed answer. */
  readonly firstItemMs: number | undefined;
  readonly outcome: CallOutcome | undefined;
  /** Whether its consumer wanted no more of it. */
  readonly stopped?: boolean;
  /** What was thrown; `undefined` where the call did not fail. */
  readonly error?: unknown;
}

/**
 * Measures a logical call, all attempts together: what it adds to span and line, and to the metrics. Those are independent of
 * sampling.
 */
export class CallMeasurement {
  private readonly count: ((end: ModelCallEnd) => void) | undefined;
  private readonly tenantId: string | undefined;

  constructor(
    private readonly options: ResolvedConnectorOptions,
    private readonly call: CallRequest,
    caller: Context,
  ) {
    this.tenantId = getIdentity(caller).tenantId;
    this.count = safely('model metrics', () => this.begin());
  }

  /** To be called once. */
  end(end: CallEnd): CallOutcome {
    return safely('call measurement', () => this.measure(end)) ?? end.outcome ?? { attributes: {}, extra: {} };
  }

  private begin(): (end: ModelCallEnd) => void {
    const { call, tenantId } = this;
    const { name: connector, target, conventions, namedModels, provider, serverAddress, serverPort } = this.options;
    const operation = textOf(call.attributes[ATTR.genAiOperationName]);
    if (operation === undefined && call.isInference !== true)
      return (end) => modelMetrics().requested({ connector, target }, end);
    return modelMetrics().begin({
      connector,
      target,
      conventions,
      operation,
      provider,
      model: call.model ?? '',
      namedModels,
      serverAddress,
      serverPort,
      tenantId,
    });
  }

  private measure(end: CallEnd): CallOutcome {
    const answered = end.outcome?.attributes ?? {};
    const tokens = tokenCounts(answered);
    const responseModel = textOf(answered[ATTR.genAiResponseModel]);
    const cost = this.options.prices.costOf([this.call.model, responseModel], tokens);
    const { error } = end;
    safely('model metrics', () =>
      this.count?.({
        durationMs: end.durationMs,
        firstChunkMs: end.firstItemMs,
        responseModel,
        tokens,
        cost,
        errorType: error === undefined ? undefined : errorType(error),
        status: error === undefined ? 'success' : isAbort(error) ? 'cancelled' : 'error',
      }),
    );
    const rate = tokensPerSecond(end, tokens);
    const attributes = this.attributes(end, answered, rate, cost);
    const extra: Record<string, unknown> = { ...end.outcome?.extra };
    if (end.firstItemMs !== undefined) {
      extra['first_chunk_ms'] = end.firstItemMs;
      extra['tokens_per_second'] = rate;
    }
    if (cost !== undefined) {
      extra['cost'] = cost.amount;
      extra['currency'] = cost.currency;
    }
    const failures = this.parsingFailures(end);
    if (failures.length > 0) {
      attributes[ATTR.connectorParsingFailures] = [...failures];
      extra['parsing_failures'] = failures;
    }
    return { attributes, extra };
  }

  /** Counts an answer that cannot be parsed once, also where a schema says so later. */
  private parsingFailures({ outcome, error, stopped }: CallEnd): readonly string[] {
    if (outcome?.parsingFailures === undefined || error !== undefined || stopped === true) return [];
    const { call, options, tenantId } = this;
    let isCounted = false;
    const count = (): void => {
      if (isCounted) return;
      isCounted = true;
      const { namedModels } = options;
      safely('model metrics', () => modelMetrics().parsingFailed({ model: call.model ?? '', namedModels, tenantId }));
    };
    const failures = safely('answer check', () => outcome.parsingFailures?.(count)) ?? [];
    if (failures.length > 0) count();
    return failures;
  }

  private attributes(end: CallEnd, answered: Attributes, rate: number | undefined, cost: Cost | undefined): Attributes {
    const { conventions } = this.options;
    const operation = this.call.attributes[ATTR.genAiOperationName];
    const isWhole = end.error === undefined && end.stopped !== true;
    // What is added is called the same by all conventions.
    const attributes = inConventions(conventions, answered);
    if (!isWhole) Object.assign(attributes, brokenOff(conventions, operation, answered));
    if (end.firstItemMs !== undefined) attributes[ATTR.genAiResponseTimeToFirstChunk] = end.firstItemMs / 1000;
    if (rate !== undefined) attributes[ATTR.connectorTokensPerSecond] = rate;
    if (cost !== undefined) {
      attributes[ATTR.connectorCost] = cost.amount;
      attributes[ATTR.connectorCostCurrency] = cost.currency;
    }
    return attributes;
  }
}

/** How fast a streamed answer came. */
function tokensPerSecond({ durationMs, firstItemMs }: CallEnd, { output }: TokenCounts): number | undefined {
  if (firstItemMs === undefined || output === undefined || output < 2) return undefined;
  // The first token has come by the time that the others are counted from.
  const seconds = (durationMs - firstItemMs) / 1000;
  return seconds > 0 ? Math.round(((output - 1) / seconds) * 10) / 10 : undefined;
}

function isAbort(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === ERROR_CODES.connectorAborted;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

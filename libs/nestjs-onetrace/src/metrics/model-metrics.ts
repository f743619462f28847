import { Counter, Gauge, type Registry } from 'prom-client';
import { type GenAiConventions, LLM_LABELS, METRICS, OTHER } from '../semantics/index.js';
import { BatchedRegistry } from './batched-registry.js';
import { BoundedLabel } from './bounded-label.js';
import { CallDurations } from './call-durations.js';
import { CircuitMetrics } from './circuit-metrics.js';
import { GenAi141Metrics } from './gen-ai-1.41.metrics.js';
import { GenAiLatestMetrics } from './gen-ai-latest.metrics.js';
import { type GenAiMetrics, operationDurations } from './gen-ai-metrics.js';
import type { ModelCall, ModelCallEnd } from './model-call.js';

/** Different models and tenants that are told apart in one process. */
const MODELS = 50;
const TENANTS = 100;

/** Whose call of which model. */
type CallLabels = Readonly<Record<'tenant_id' | 'model', string>>;

/** The series of model calls: one set for a process, whoever calls and whether or not a span is sampled. */
export class ModelMetrics {
  readonly registry = new BatchedRegistry();
  readonly circuits = new CircuitMetrics(this.registry);
  private readonly durations = new CallDurations(this.registry);
  private readonly models = new BoundedLabel(MODELS);
  private readonly responseModels = new BoundedLabel(MODELS);
  private readonly tenants = new BoundedLabel(TENANTS);
  private readonly genAi = new Map<GenAiConventions, GenAiMetrics>();
  private operationDurations: ReturnType<typeof operationDurations> | undefined;
  private readonly calls;
  private readonly active;
  private readonly costs;
  private readonly parsingFailures;
  private readonly cacheHits;
  private readonly cacheMisses;

  constructor() {
    const { tenant, model, status, currency } = LLM_LABELS;
    const { metricOptions } = this.registry;
    const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
      new Counter({ name, help, labelNames, ...metricOptions });
    this.calls = counter(METRICS.llmCallsTotal, 'Model calls that ended, by how', [tenant, model, status]);
    this.active = new Gauge({
      name: METRICS.llmActiveCalls,
      help: 'Model calls that are under way',
      labelNames: [tenant, model],
      ...metricOptions,
    });
    const costs = counter(METRICS.llmCostTotal, 'Cost of model calls, by currency', [tenant, model, currency]);
    this.costs = costs;
    new Counter({
      name: METRICS.llmCostUsdTotal,
      help: 'Cost of model calls in US dollars',
      labelNames: [tenant, model],
      registers: [this.registry],
      async collect() {
        this.reset();
        const { values } = await costs.get();
        for (const { labels, value } of values) {
          const { tenant_id = '', model: name = '', currency: unit } = labels;
          if (unit === 'USD') this.inc({ tenant_id, model: name }, value);
        }
      },
    });
    this.parsingFailures = counter(
      METRICS.llmParsingFailuresTotal,
      'Answers of models that are not the JSON they should be, or not what the schema wants',
      [tenant, model],
    );
    this.cacheHits = counter(METRICS.llmCacheHitsTotal, "Answers that the application's own cache had", [
      tenant,
      model,
    ]);
    this.cacheMisses = counter(METRICS.llmCacheMissesTotal, "Answers that the application's own cache had not", [
      tenant,
      model,
    ]);
  }

  /** A call begins. @returns what is to be called once, when it ends. */
  begin(call: ModelCall): (end: ModelCallEnd) => void {
    this.registry.defer(() => this.active.inc(this.labelsOf(call)));
    return (end) => {
      this.registry.defer(() => this.ended(call, end));
      // A scrape tells the metrics that there are when it begins: those of the first call must not wait for it.
      if (call.operation !== undefined) this.genAiMetrics(call.conventions);
    };
  }

  /** A call that asks no model for an answer has ended. */
  requested(call: Pick<ModelCall, 'connector' | 'target'>, end: Pick<ModelCallEnd, 'durationMs' | 'errorType'>): void {
    this.registry.defer(() => this.durations.observe({ ...call, operation: 'request', model: '' }, end));
  }

  /** An answer could not be read as what was asked for. */
  parsingFailed(call: Pick<ModelCall, 'model' | 'namedModels' | 'tenantId'>): void {
    this.registry.defer(() => this.parsingFailures.inc(this.labelsOf(call)));
  }

  /** The application has looked an answer up in a cache of its own. */
  cacheLookedUp(call: Pick<ModelCall, 'model' | 'namedModels' | 'tenantId'>, hit: boolean): void {
    this.registry.defer(() => (hit ? this.cacheHits : this.cacheMisses).inc(this.labelsOf(call)));
  }

  private ended(call: ModelCall, end: ModelCallEnd): void {
    const labels = this.labelsOf(call);
    this.active.dec(labels);
    this.calls.inc({ ...labels, status: end.status });
    if (end.cost !== undefined) this.costs.inc({ ...labels, currency: end.cost.currency }, end.cost.amount);
    const { connector, target, operation, provider, serverAddress, serverPort } = call;
    const { model } = labels;
    if (operation === undefined) {
      this.durations.observe({ connector, target, operation: 'infer', model }, end);
      return;
    }
    const responseModel = end.responseModel === undefined ? undefined : this.responseModels.of(end.responseModel);
    const shared = [operation, provider, model, responseModel, serverAddress, serverPort];
    this.genAiMetrics(call.conventions).observe(operation, end, shared);
  }

  private labelsOf({
    model,
    namedModels,
    tenantId,
  }: Pick<ModelCall, 'model' | 'namedModels' | 'tenantId'>): CallLabels {
    const named = namedModels === undefined ? this.models.of(model) : namedModels.has(model) ? model : OTHER;
    return { tenant_id: tenantId === undefined ? '' : this.tenants.of(tenantId), model: named };
  }

  private genAiMetrics(conventions: GenAiConventions): GenAiMetrics {
    let metrics = this.genAi.get(conventions);
    if (metrics === undefined) {
      const { registry } = this;
      const durations = (this.operationDurations ??= operationDurations(registry));
      metrics =
        conventions === 'latest'
          ? new GenAiLatestMetrics(registry, durations)
          : new GenAi141Metrics(registry, durations);
      this.genAi.set(conventions, metrics);
    }
    return metrics;
  }
}

// Shared by every copy of the library in the process.
const STATE_KEY = Symbol.for('onetrace.metrics.models');

/** The series of the model calls of this process. */
export function modelMetrics(): ModelMetrics {
  return ((globalThis as { [STATE_KEY]?: ModelMetrics })[STATE_KEY] ??= new ModelMetrics());
}

/**
 * The series of the model calls of this process, as a registry of prom-client: they are at `/metrics` by themselves, and whoever has no
 * such endpoint, as a worker, serves or pushes them from here.
 */
export function modelMetricsRegistry(): Registry {
  return modelMetrics().registry;
}

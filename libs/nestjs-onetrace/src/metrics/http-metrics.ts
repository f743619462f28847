import { Counter, Histogram, register as applicationRegistry, Registry } from 'prom-client';
import { droppedLines } from '../context/index.js';
import { HTTP_DURATION_BUCKETS, HTTP_LABELS, METRICS, OTHER } from '../semantics/index.js';
import { droppedSpans, tracingFailures } from '../tracing/index.js';
import { modelMetrics } from './model-metrics.js';

/** One finished HTTP request. */
export interface HttpObservation {
  readonly method: string;
  /** Route template, or the fixed value for requests without a route: never a path. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** Methods that may become a label value; others count as `_OTHER`, so that a scanner cannot make series. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The series of the histogram that counts. */
const COUNT = `${METRICS.httpRequestDurationSeconds}_count`;

/** Request rate, errors and durations for Prometheus, in a registry of its own. */
export class HttpMetrics {
  private readonly registry = new Registry();
  private readonly durations: Histogram<(typeof HTTP_LABELS)[number]>;

  constructor() {
    const shared = { labelNames: [...HTTP_LABELS], registers: [this.registry] };
    const durations = new Histogram({
      name: METRICS.httpRequestDurationSeconds,
      help: 'Duration of HTTP requests in seconds',
      buckets: [...HTTP_DURATION_BUCKETS],
      ...shared,
    });
    this.durations = durations;
    new Counter({
      name: METRICS.httpRequestsTotal,
      help: 'HTTP requests that reached the process',
      ...shared,
      // Read off the histogram, which counts the same requests: to count each one twice would cost it time.
      async collect() {
        this.reset();
        const { values } = await durations.get();
        for (const { metricName, labels, value } of values) if (metricName === COUNT) this.inc(labels, value);
      },
    });
    new Counter({
      name: METRICS.tracingErrorsTotal,
      help: 'Failures inside tracing itself; none of them reached the application',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(tracingFailures());
      },
    });
    new Counter({
      name: METRICS.spansDroppedTotal,
      help: 'Spans that never reached their receiver',
      labelNames: ['reason'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [reason, spans] of droppedSpans()) this.inc({ reason }, spans);
      },
    });
    new Counter({
      name: METRICS.logLinesDroppedTotal,
      help: 'Log lines that their destination did not take',
      labelNames: ['reason'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [reason, lines] of droppedLines()) this.inc({ reason }, lines);
      },
    });
  }

  /** Counts one request. */
  observe({ method, route, status, durationMs }: HttpObservation): void {
    const labels = { method: METHODS.has(method) ? method : OTHER, route, status: String(status) };
    this.durations.observe(labels, durationMs / 1000);
  }

  /** The Prometheus text of these series, of the model calls of the process, and of the application's own in prom-client's default registry. */
  async expose(): Promise<{ readonly contentType: string; readonly body: string }> {
    // Before the others, which tell what fails in it.
    const models = modelMetrics().registry.metrics();
    const texts = await Promise.all([this.registry.metrics(), models, applicationRegistry.metrics()]);
    return {
      contentType: this.registry.contentType,
      body: texts.filter((text) => text.trim() !== '').join('\n'),
    };
  }
}

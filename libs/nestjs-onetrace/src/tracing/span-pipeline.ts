import type { EndedSpan } from './ended-span.js';
import { batchLimits } from './export/batch-limits.js';
import { BatchSpanProcessor } from './export/batch-span.processor.js';
import { ConsoleSink } from './export/console.sink.js';
import { exportTargets } from './export/export-targets.js';
import { OtlpExporter } from './export/otlp.exporter.js';
import { otlpSettings } from './export/otlp-settings.js';
import type { SpanSink } from './export/span-exporter.js';
import { SpanPrivacy } from './privacy/span-privacy.js';
import { tellSpanTaps } from './span-taps.js';
import type { TracingSettings } from './tracing-options.js';

/** Takes ended spans to every place they are exported to; privacy is applied on the way. */
export class SpanPipeline implements SpanSink {
  private readonly sinks: readonly SpanSink[];
  private readonly clean: (span: EndedSpan) => EndedSpan;

  constructor(settings: Pick<TracingSettings, 'export'>) {
    const privacy = new SpanPrivacy();
    const clean = (span: EndedSpan): EndedSpan => privacy.clean(span);
    this.clean = clean;
    this.sinks = exportTargets(settings.export).map((target) => {
      if (target === 'console') return new ConsoleSink(clean);
      const limits = batchLimits();
      const receiver = otlpSettings(target === 'otlp' ? undefined : target, limits.exportTimeoutMs);
      return new BatchSpanProcessor(new OtlpExporter(receiver), limits, clean);
    });
  }

  onEnd(span: EndedSpan): void {
    for (const sink of this.sinks) sink.onEnd(span);
    tellSpanTaps(span, this.clean);
  }

  async flush(timeoutMs: number): Promise<void> {
    await Promise.all(this.sinks.map((sink) => sink.flush(timeoutMs)));
  }

  async shutdown(timeoutMs: number): Promise<void> {
    await Promise.all(this.sinks.map((sink) => sink.shutdown(timeoutMs)));
  }
}

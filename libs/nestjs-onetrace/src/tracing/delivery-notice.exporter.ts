import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { noticeOnce } from './notice.js';

/** Says once, with the remedy, that spans cannot be delivered; everything else is the exporter's it wraps. */
export class DeliveryNoticeExporter implements SpanExporter {
  constructor(
    private readonly exporter: SpanExporter,
    private readonly target: string,
  ) {}

  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      if (result.code !== ExportResultCode.SUCCESS) {
        noticeOnce(
          'delivery',
          `spans could not be delivered to ${this.target}; start a receiver there (\`npx onetrace dev\`), ` +
            'set OTEL_EXPORTER_OTLP_ENDPOINT, or switch the export off with `export: "none"`',
          { spans: spans.length, reason: result.error?.message ?? 'unknown' },
        );
      }
      resultCallback(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}

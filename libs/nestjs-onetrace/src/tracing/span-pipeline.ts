import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { DeliveryNoticeExporter } from './delivery-notice.exporter.js';
import type { ExportOption } from './tracing-options.js';

const DEFAULT_TARGET = 'http://localhost:4318';
/** Milliseconds between two exports: short, because a person searches for the flow as soon as it has failed. */
const EXPORT_DELAY_MS = 500;
const QUEUE_SPANS = 8192;

/** The processors that take finished spans to where they are kept. */
export function createSpanProcessors(option: ExportOption): SpanProcessor[] {
  if (option === 'none') return [];
  if (option === 'console') return [new SimpleSpanProcessor(new ConsoleSpanExporter())];
  const explicit = typeof option === 'object';
  const exporter = new OTLPTraceExporter(
    explicit
      ? {
          url: `${option.url.replace(/\/+$/, '')}/v1/traces`,
          ...(option.headers ? { headers: { ...option.headers } } : {}),
        }
      : {},
  );
  const target = explicit
    ? option.url
    : (process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ??
      process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ??
      DEFAULT_TARGET);
  return [
    new BatchSpanProcessor(new DeliveryNoticeExporter(exporter, target), {
      scheduledDelayMillis: EXPORT_DELAY_MS,
      maxQueueSize: QUEUE_SPANS,
    }),
  ];
}

import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { startInferenceServer } from './inference.server.js';
import { lineWriter } from './line.writer.js';
import { readSettings } from './settings.js';
import { ServerTracing } from './tracing/server-tracing.js';

const STOP_DEADLINE_MS = 3000;

const settings = readSettings(process.env);
const lines = lineWriter((line) => process.stdout.write(line));
// The exporter reads OTEL_EXPORTER_OTLP_ENDPOINT and its relatives itself.
const tracing = settings.tracing ? new ServerTracing(new OTLPTraceExporter()) : undefined;
const server = await startInferenceServer(settings, lines, tracing);

lines('INFO', 'inference server listening', {
  extra: { host: server.host, port: server.port, tracing: settings.tracing ? 'on' : 'off' },
});

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref();
  await server.close();
  await tracing?.shutdown().catch(() => undefined);
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());

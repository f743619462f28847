import { objectFrom, objectsFrom, readAnyValue, readAttributes, readNanoseconds } from '../otlp/attribute.reader.js';
import type { ReadResult } from '../otlp/traces.reader.js';
import type { LogLine } from '../telemetry/log-line.js';
import type { Attributes } from '../telemetry/span.js';
import { parseLine } from './line.parser.js';
import { readLogRecord } from './log-record.reader.js';

/** Severity numbers of OpenTelemetry come in fours: TRACE 1-4, DEBUG 5-8, INFO 9-12 ... */
const SEVERITIES = ['DEBUG', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** Lines of an ExportLogsServiceRequest, in the shape of its JSON encoding. */
export function readLogs(request: Record<string, unknown>, nowMs: number): ReadResult<LogLine> {
  const items: LogLine[] = [];
  for (const resourceLogs of objectsFrom(request['resourceLogs'])) {
    const resource = readAttributes(objectFrom(resourceLogs['resource'])?.['attributes']);
    for (const scopeLogs of objectsFrom(resourceLogs['scopeLogs'])) {
      for (const record of objectsFrom(scopeLogs['logRecords'])) items.push(readRecord(record, resource, nowMs));
    }
  }
  return { items, rejected: 0 };
}

/** A body that is itself a JSON line (a collector that reads files sends those) is read as that line. */
function readRecord(record: Record<string, unknown>, resource: Attributes, nowMs: number): LogLine {
  const component = resource['onetrace.component'] ?? resource['service.name'];
  const body = readAnyValue(record['body']);
  const severity = Number(record['severityNumber'] ?? 0);
  const timeMs = readTime(record['timeUnixNano']) ?? readTime(record['observedTimeUnixNano']) ?? nowMs;
  const defaults = { timeMs, ...(typeof component === 'string' && { component }) };
  const fromBody = typeof body === 'string' && body.startsWith('{') ? parseLine(body, defaults) : undefined;
  const fields = readLogRecord(
    {
      ...readAttributes(record['attributes']),
      ...(objectFrom(body) ?? { message: body }),
      level: SEVERITIES[Math.floor((severity - 1) / 4)] ?? record['severityText'],
      trace_id: record['traceId'],
      span_id: record['spanId'],
    },
    defaults,
  );
  return fromBody === undefined ? fields : { ...fields, ...fromBody };
}

/** Zero means unknown in OTLP. */
function readTime(value: unknown): number | undefined {
  return readNanoseconds(value) || undefined;
}

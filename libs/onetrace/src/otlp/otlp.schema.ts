/**
 * The part of opentelemetry-proto 1.x that is read here: field numbers to the names of the OTLP/JSON encoding, so that both
 * encodings arrive in the same shape. Fields left out are skipped, as protobuf asks of a reader that does not know them.
 */
export type FieldType = 'string' | 'hex' | 'base64' | 'bool' | 'double' | 'enum' | 'int64' | 'fixed64' | MessageSchema;

/** How one message is read: by field number. */
export interface MessageSchema {
  [fieldNumber: number]: { name: string; type: FieldType; repeated?: true };
}

const anyValue: MessageSchema = {
  1: { name: 'stringValue', type: 'string' },
  2: { name: 'boolValue', type: 'bool' },
  3: { name: 'intValue', type: 'int64' },
  4: { name: 'doubleValue', type: 'double' },
  7: { name: 'bytesValue', type: 'base64' },
};
const keyValue: MessageSchema = { 1: { name: 'key', type: 'string' }, 2: { name: 'value', type: anyValue } };
anyValue[5] = { name: 'arrayValue', type: { 1: { name: 'values', type: anyValue, repeated: true } } };
anyValue[6] = { name: 'kvlistValue', type: { 1: { name: 'values', type: keyValue, repeated: true } } };

const resource: MessageSchema = { 1: { name: 'attributes', type: keyValue, repeated: true } };
const scope: MessageSchema = { 1: { name: 'name', type: 'string' }, 2: { name: 'version', type: 'string' } };

const event: MessageSchema = {
  1: { name: 'timeUnixNano', type: 'fixed64' },
  2: { name: 'name', type: 'string' },
  3: { name: 'attributes', type: keyValue, repeated: true },
};
const link: MessageSchema = {
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  4: { name: 'attributes', type: keyValue, repeated: true },
};
const status: MessageSchema = { 2: { name: 'message', type: 'string' }, 3: { name: 'code', type: 'enum' } };

const span: MessageSchema = {
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  4: { name: 'parentSpanId', type: 'hex' },
  5: { name: 'name', type: 'string' },
  6: { name: 'kind', type: 'enum' },
  7: { name: 'startTimeUnixNano', type: 'fixed64' },
  8: { name: 'endTimeUnixNano', type: 'fixed64' },
  9: { name: 'attributes', type: keyValue, repeated: true },
  11: { name: 'events', type: event, repeated: true },
  13: { name: 'links', type: link, repeated: true },
  15: { name: 'status', type: status },
};

const logRecord: MessageSchema = {
  1: { name: 'timeUnixNano', type: 'fixed64' },
  2: { name: 'severityNumber', type: 'enum' },
  3: { name: 'severityText', type: 'string' },
  5: { name: 'body', type: anyValue },
  6: { name: 'attributes', type: keyValue, repeated: true },
  9: { name: 'traceId', type: 'hex' },
  10: { name: 'spanId', type: 'hex' },
  11: { name: 'observedTimeUnixNano', type: 'fixed64' },
};

/** `opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest` */
export const TRACES_REQUEST: MessageSchema = {
  1: {
    name: 'resourceSpans',
    repeated: true,
    type: {
      1: { name: 'resource', type: resource },
      2: {
        name: 'scopeSpans',
        repeated: true,
        type: { 1: { name: 'scope', type: scope }, 2: { name: 'spans', type: span, repeated: true } },
      },
    },
  },
};

/** `opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest` */
export const LOGS_REQUEST: MessageSchema = {
  1: {
    name: 'resourceLogs',
    repeated: true,
    type: {
      1: { name: 'resource', type: resource },
      2: {
        name: 'scopeLogs',
        repeated: true,
        type: { 1: { name: 'scope', type: scope }, 2: { name: 'logRecords', type: logRecord, repeated: true } },
      },
    },
  },
};

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { FieldType, MessageSchema } from './otlp.schema.js';

/** Attribute values nest (lists of maps of lists); nobody means a body that nests deeper than this. */
const MAX_DEPTH = 64;

/**
 * Reads one protobuf message into the shape of its JSON encoding.
 * @throws Error (RangeError for a body that ends too early) when the bytes are not such a message.
 */
export function decodeMessage(schema: MessageSchema, bytes: Uint8Array, depth = 0): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw new RangeError(`messages nest deeper than ${MAX_DEPTH}`);
  const reader = new BinaryReader(bytes);
  const message: Record<string, unknown> = {};
  while (reader.pos < reader.len) {
    const [fieldNumber, wireType] = reader.tag();
    const field = schema[fieldNumber];
    if (field === undefined) {
      reader.skip(wireType, fieldNumber);
      continue;
    }
    const expected = wireTypeOf(field.type);
    if (wireType !== expected) throw new Error(`field ${field.name} has wire type ${wireType}, expected ${expected}`);
    const value = readValue(reader, field.type, depth);
    if (!field.repeated) message[field.name] = value;
    else if (Array.isArray(message[field.name])) (message[field.name] as unknown[]).push(value);
    else message[field.name] = [value];
  }
  return message;
}

function wireTypeOf(type: FieldType): WireType {
  if (type === 'bool' || type === 'enum' || type === 'int64') return WireType.Varint;
  if (type === 'double' || type === 'fixed64') return WireType.Bit64;
  return WireType.LengthDelimited;
}

function readValue(reader: BinaryReader, type: FieldType, depth: number): unknown {
  switch (type) {
    case 'string':
      return reader.string();
    case 'hex':
      return Buffer.from(reader.bytes()).toString('hex');
    case 'base64':
      return Buffer.from(reader.bytes()).toString('base64');
    case 'bool':
      return reader.bool();
    case 'double':
      return reader.double();
    case 'enum':
      return reader.int32();
    case 'int64':
      return reader.int64().toString();
    case 'fixed64':
      return reader.fixed64().toString();
    default:
      return decodeMessage(type, reader.bytes(), depth + 1);
  }
}

import type { Attributes } from '@opentelemetry/api';
import { knownAttribute, remember } from './known-attribute.js';
import type { ProtobufWriter } from './protobuf-writer.js';

// Fields of opentelemetry/proto/common/v1/common.proto with their wire types, as tags.
const KEY = 0x0a;
const VALUE = 0x12;
const STRING_VALUE = 0x0a;
const BOOL_VALUE = 0x10;
const INT_VALUE = 0x18;
const DOUBLE_VALUE = 0x21;
const ARRAY_VALUE = 0x2a;
const KVLIST_VALUE = 0x32;
const BYTES_VALUE = 0x3a;
const ITEM = 0x0a;

/** The first integer beyond `int64`; its negative is the least within. */
const BEYOND_INT64 = 2 ** 63;

/** Writes attributes as repeated `KeyValue`, each under this tag. What is no value of OTLP is written as an empty one. */
export function writeAttributes(writer: ProtobufWriter, tag: number, attributes: Attributes): void {
  for (const key in attributes) {
    if (!Object.hasOwn(attributes, key)) continue;
    writer.byte(tag);
    const value: unknown = attributes[key];
    const known = knownAttribute(key);
    if (known === undefined) writeKeyValue(writer, key, undefined, value);
    else if (typeof value !== 'string') writeKeyValue(writer, key, known.key, value);
    else if (known.text !== value) {
      writeKeyValue(writer, key, known.key, value);
      remember(known, value, undefined);
    } else if (known.keyValue === undefined) {
      const before = writer.length;
      writeKeyValue(writer, key, known.key, value);
      remember(known, value, writer.copyFrom(before));
    } else writer.raw(known.keyValue);
  }
}

function writeKeyValue(writer: ProtobufWriter, key: string, encodedKey: Uint8Array | undefined, value: unknown): void {
  const start = writer.open();
  if (encodedKey === undefined) {
    writer.byte(KEY);
    writer.text(key);
  } else writer.raw(encodedKey);
  writer.byte(VALUE);
  writeNested(writer, value);
  writer.close(start);
}

function writeNested(writer: ProtobufWriter, value: unknown): void {
  const start = writer.open();
  writeValue(writer, value);
  writer.close(start);
}

/** `AnyValue`. */
function writeValue(writer: ProtobufWriter, value: unknown): void {
  if (typeof value === 'string') {
    writer.byte(STRING_VALUE);
    writer.text(value);
  } else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'boolean') {
    writer.byte(BOOL_VALUE);
    writer.byte(value ? 1 : 0);
  } else if (typeof value === 'object' && value !== null) writeObject(writer, value);
}

function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isInteger(value) && value >= -BEYOND_INT64 && value < BEYOND_INT64) {
    writer.byte(INT_VALUE);
    writer.varint(value);
  } else {
    writer.byte(DOUBLE_VALUE);
    writer.double(value);
  }
}

function writeObject(writer: ProtobufWriter, value: object): void {
  if (value instanceof Uint8Array) {
    writer.byte(BYTES_VALUE);
    writer.varint(value.length);
    writer.raw(value);
    return;
  }
  writer.byte(Array.isArray(value) ? ARRAY_VALUE : KVLIST_VALUE);
  const start = writer.open();
  if (Array.isArray(value)) {
    for (const item of value) {
      writer.byte(ITEM);
      writeNested(writer, item);
    }
  } else writeAttributes(writer, ITEM, value as Attributes);
  writer.close(start);
}

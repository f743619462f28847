import type { Attributes, AttributeValue } from '../telemetry/span.js';

const MAX_DEPTH = 64;

/** A JSON object, or undefined for anything else. */
export function objectFrom(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** A list of JSON objects; absent counts as empty. */
export function objectsFrom(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value.map(objectFrom).filter((entry) => entry !== undefined);
}

/** OTLP's list of key and AnyValue as a plain object; the last of a repeated key wins. */
export function readAttributes(list: unknown, depth = 0): Attributes {
  const attributes: Attributes = Object.create(null) as Attributes;
  for (const { key, value } of objectsFrom(list)) {
    if (typeof key === 'string') attributes[key] = readAnyValue(value, depth);
  }
  return { ...attributes };
}

/** OTLP's AnyValue as a plain JSON value; an empty one is null. */
export function readAnyValue(value: unknown, depth = 0): AttributeValue {
  const any = objectFrom(value);
  if (any === undefined || depth > MAX_DEPTH) return null;
  if (typeof any['stringValue'] === 'string') return any['stringValue'];
  if (typeof any['boolValue'] === 'boolean') return any['boolValue'];
  if (any['intValue'] !== undefined) return readInteger(any['intValue']);
  if (any['doubleValue'] !== undefined) return readDouble(any['doubleValue']);
  if (typeof any['bytesValue'] === 'string') return any['bytesValue'];
  const array = objectFrom(any['arrayValue']);
  if (array !== undefined) return objectsFrom(array['values']).map((entry) => readAnyValue(entry, depth + 1));
  const map = objectFrom(any['kvlistValue']);
  return map === undefined ? null : readAttributes(map['values'], depth + 1);
}

/** 64-bit integers are decimal strings in OTLP/JSON; those a number cannot hold stay strings. */
function readInteger(value: unknown): AttributeValue {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  return typeof value === 'string' ? value : null;
}

/** OTLP/JSON writes the values JSON lacks as strings: NaN, Infinity. They stay strings, since our store is JSON too. */
function readDouble(value: unknown): AttributeValue {
  const number = Number(value);
  return Number.isFinite(number) ? number : String(value);
}

/** Nanoseconds since the epoch to milliseconds with microseconds as fraction: the finest a number holds. */
export function readNanoseconds(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value / 1e6;
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return undefined;
  return Number(BigInt(value) / 1000n) / 1000;
}

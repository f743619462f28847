import { type Attributes, type AttributeValue, diag } from '@opentelemetry/api';
import type { SpanLimits } from './span-limits.js';

/** Attributes within a bound, and how many were beyond it. */
export interface BoundedAttributes {
  readonly attributes: Attributes;
  readonly count: number;
  readonly dropped: number;
}

/** A copy of the valid attributes of an event or a link, bounded in number and length. Never throws. */
export function boundedAttributes(given: unknown, countLimit: number, limits: SpanLimits): BoundedAttributes {
  const attributes: Attributes = {};
  let count = 0;
  let dropped = 0;
  if (typeof given === 'object' && given !== null) {
    for (const key of Object.keys(given)) {
      const value = (given as Record<string, unknown>)[key];
      if (!isAcceptable(key, value)) continue;
      if (count >= countLimit) {
        dropped += 1;
        continue;
      }
      attributes[key] = boundedValue(key, value, limits);
      count += 1;
    }
  }
  return { attributes, count, dropped };
}

/** Whether an attribute is valid: a key, and a text, number, boolean, or array of one of these. Tells the API's logger when not. */
export function isAcceptable(key: string, value: unknown): value is AttributeValue | undefined {
  // As an attribute `__proto__` would take the place of the prototype instead.
  if (typeof key !== 'string' || key === '' || key === '__proto__') {
    diag.warn(`Invalid attribute key: ${String(key)}`);
    return false;
  }
  if (value === null || value === undefined || isPrimitive(typeof value)) return true;
  if (Array.isArray(value) && isHomogeneous(value)) return true;
  diag.warn(`Invalid attribute value set for key: ${key}`);
  return false;
}

/** A value with its texts cut to a length; arrays are copied, because their owner may go on writing to them. */
export function boundedValue<T extends AttributeValue | undefined>(
  key: string,
  value: T,
  { attributeLength: limit, uncut }: SpanLimits,
): T {
  if (typeof value === 'string' && value.length <= limit) return value;
  if (uncut.has(key)) return (Array.isArray(value) ? [...(value as unknown[])] : value) as T;
  if (typeof value === 'string') return value.length > limit && limit > 0 ? (value.slice(0, limit) as T) : value;
  if (!Array.isArray(value)) return value;
  return (value as unknown[]).map((item) =>
    typeof item === 'string' && item.length > limit && limit > 0 ? item.slice(0, limit) : item,
  ) as unknown as T;
}

function isHomogeneous(values: readonly unknown[]): boolean {
  let type: string | undefined;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    const itemType = typeof value;
    if (type === undefined) {
      if (!isPrimitive(itemType)) return false;
      type = itemType;
    } else if (itemType !== type) return false;
  }
  return true;
}

function isPrimitive(type: string): boolean {
  return type === 'string' || type === 'number' || type === 'boolean';
}

import type { Attributes } from '@opentelemetry/api';
import type { EndedSpan } from '../ended-span.js';

const SPAN_BYTES = 500;
const ENTRY_BYTES = 40;

/** About how much memory an ended span holds: enough to keep a queue from growing without bound, cheap enough for each span. */
export function estimatedBytes(span: EndedSpan): number {
  let bytes = SPAN_BYTES + attributesBytes(span.attributes);
  for (const event of span.events) bytes += ENTRY_BYTES + attributesBytes(event.attributes);
  for (const link of span.links) bytes += SPAN_BYTES / 2 + attributesBytes(link.attributes);
  return bytes;
}

function attributesBytes(attributes: Attributes | undefined): number {
  let bytes = 0;
  for (const key in attributes) {
    const value = attributes[key];
    bytes += ENTRY_BYTES;
    if (typeof value === 'string') bytes += value.length;
    else if (Array.isArray(value)) {
      for (const item of value) bytes += typeof item === 'string' ? ENTRY_BYTES + item.length : 8;
    }
  }
  return bytes;
}

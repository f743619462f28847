import { describe, expect, it } from '@jest/globals';
import { isValidSpanId, isValidTraceId } from '@opentelemetry/api';
import { createSpanId, createTraceId } from './id-generator.js';

describe('drawn IDs', () => {
  it('are valid by W3C Trace Context, and never drawn twice', () => {
    const spanIds = Array.from({ length: 50_000 }, createSpanId);
    const traceIds = Array.from({ length: 50_000 }, createTraceId);
    expect(spanIds.every(isValidSpanId)).toBe(true);
    expect(traceIds.every(isValidTraceId)).toBe(true);
    expect(new Set([...spanIds, ...traceIds.flatMap((id) => [id.slice(0, 16), id.slice(16)])]).size).toBe(150_000);
  });

  it('are random in every digit', () => {
    const ids = Array.from({ length: 5000 }, createTraceId);
    for (let digit = 0; digit < 32; digit += 1) expect(new Set(ids.map((id) => id[digit])).size).toBe(16);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT_CONTEXT, type SpanContext } from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { setNoticeSink } from '../notice.js';
import { createSampler } from './create-sampler.js';
import { RatioSampler } from './ratio.sampler.js';

const TRACE_ID = 'ffffffff00000000ffffffff00000001';
const SAMPLED: SpanContext = { traceId: TRACE_ID, spanId: '2'.repeat(16), traceFlags: 1 };
const UNSAMPLED: SpanContext = { ...SAMPLED, traceFlags: 0 };
const REMOTE_SAMPLED: SpanContext = { ...SAMPLED, isRemote: true };
const REMOTE_UNSAMPLED: SpanContext = { ...UNSAMPLED, isRemote: true };
const PARENTS = [undefined, SAMPLED, UNSAMPLED, REMOTE_SAMPLED, REMOTE_UNSAMPLED];

const traceId = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
  .filter((id) => id !== '0'.repeat(32));

let notices: string[];
beforeEach(() => {
  notices = [];
  setNoticeSink((message) => notices.push(message));
});
afterEach(() => setNoticeSink(() => undefined));

describe('a ratio', () => {
  it("decides as OpenTelemetry's sampler, so that services that sample alike keep the same traces", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 0.001, 0.25, 0.5, 0.999, 1), traceId, (ratio, id) => {
        const { decision } = new TraceIdRatioBasedSampler(ratio).shouldSample(ROOT_CONTEXT, id);
        expect(new RatioSampler(ratio).isSampled(id)).toBe(decision === SamplingDecision.RECORD_AND_SAMPLED);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the sampler of the settings', () => {
  // In order: no parent, local sampled, local unsampled, remote sampled, remote unsampled.
  it.each<[string, NodeJS.ProcessEnv, boolean[]]>([
    ['nothing', {}, [true, true, false, true, false]],
    ['always_on', { OTEL_TRACES_SAMPLER: 'always_on' }, [true, true, true, true, true]],
    ['always_off', { OTEL_TRACES_SAMPLER: 'always_off' }, [false, false, false, false, false]],
    [
      'traceidratio',
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      [false, false, false, false, false],
    ],
    [
      'parentbased_traceidratio',
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      [false, true, false, true, false],
    ],
    ['parentbased_always_on', { OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, [true, true, false, true, false]],
    ['parentbased_always_off', { OTEL_TRACES_SAMPLER: ' parentbased_always_off ' }, [false, true, false, true, false]],
  ])('follows OTEL_TRACES_SAMPLER when the ratio is left open: %s', (_, env, expected) => {
    const sampler = createSampler({ ratio: undefined, trustParent: true }, env);
    expect(PARENTS.map((parent) => sampler.isSampled(TRACE_ID, parent))).toEqual(expected);
    expect(notices).toEqual([]);
  });

  it('lets an explicit ratio win over the variable', () => {
    const sampler = createSampler({ ratio: 0, trustParent: true }, { OTEL_TRACES_SAMPLER: 'always_on' });
    expect(PARENTS.map((parent) => sampler.isSampled(TRACE_ID, parent))).toEqual([false, true, false, true, false]);
  });

  it.each([
    [0, [false, true, false, false, false]],
    [1, [true, true, false, true, true]],
  ])('decides afresh for remote parents that are not trusted, and follows local ones: ratio %d', (ratio, expected) => {
    const sampler = createSampler({ ratio, trustParent: false }, {});
    expect(PARENTS.map((parent) => sampler.isSampled(TRACE_ID, parent))).toEqual(expected);
  });

  it('tells of a sampler it does not know, and samples', () => {
    const sampler = createSampler({ ratio: undefined, trustParent: true }, { OTEL_TRACES_SAMPLER: 'jaeger_remote' });
    expect(sampler.isSampled(TRACE_ID, undefined)).toBe(true);
    expect(notices).toEqual([expect.stringContaining('"jaeger_remote"')]);
  });

  it('tells of an argument that is no share, and samples', () => {
    const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '10%' };
    expect(createSampler({ ratio: undefined, trustParent: true }, env).isSampled(TRACE_ID, undefined)).toBe(true);
    expect(notices).toEqual([expect.stringContaining('"10%"')]);
  });
});

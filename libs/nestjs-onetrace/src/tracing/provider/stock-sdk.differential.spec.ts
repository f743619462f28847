import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Attributes,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  SpanKind,
  type SpanStatus,
  type TimeInput,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import type { EndedSpan } from '../ended-span.js';
import { OnetraceTracerProvider } from './onetrace-tracer-provider.js';
import { ALWAYS_ON } from './sampler.js';
import type { SpanLimits } from './span-limits.js';

/** What one may do to a span. */
type Operation =
  | { readonly do: 'setAttribute'; readonly key: string; readonly value: unknown }
  | { readonly do: 'setAttributes'; readonly attributes: unknown }
  | { readonly do: 'addEvent'; readonly name: string; readonly attributes: unknown; readonly time: TimeInput }
  | { readonly do: 'addEventAt'; readonly name: string; readonly time: TimeInput }
  | { readonly do: 'addLink'; readonly link: Link }
  | { readonly do: 'addLinks'; readonly links: readonly Link[] }
  | { readonly do: 'setStatus'; readonly status: SpanStatus }
  | { readonly do: 'updateName'; readonly name: string }
  | { readonly do: 'recordException'; readonly exception: unknown; readonly time: TimeInput }
  | { readonly do: 'end'; readonly time: TimeInput };

interface Scenario {
  readonly name: string;
  readonly options: SpanOptions;
  readonly operations: readonly Operation[];
  readonly limits: SpanLimits;
  readonly endTime: TimeInput;
}

const RESOURCE = resourceFromAttributes({ 'service.name': 'differential' });
const PARENT = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  isRemote: true,
});

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => void context.disable());

function onStock({ limits }: Scenario, use: (tracer: Tracer) => void): EndedSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    resource: RESOURCE,
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    spanLimits: {
      attributeCountLimit: limits.attributes,
      attributeValueLengthLimit: limits.attributeLength,
      eventCountLimit: limits.events,
      linkCountLimit: limits.links,
      attributePerEventCountLimit: limits.attributesPerEvent,
      attributePerLinkCountLimit: limits.attributesPerLink,
    },
  });
  use(provider.getTracer('scope', '1.2.3', { schemaUrl: 'https://example.org/schema' }));
  return exporter.getFinishedSpans();
}

function onOurs({ limits }: Scenario, use: (tracer: Tracer) => void): EndedSpan[] {
  const spans: EndedSpan[] = [];
  const provider = new OnetraceTracerProvider({
    resource: RESOURCE,
    processor: { onEnd: (span) => spans.push(span) },
    sampler: ALWAYS_ON,
    limits,
  });
  use(provider.getTracer('scope', '1.2.3', { schemaUrl: 'https://example.org/schema' }));
  return spans;
}

function perform(span: Span, operation: Operation): void {
  switch (operation.do) {
    case 'setAttribute':
      return void span.setAttribute(operation.key, operation.value as string);
    case 'setAttributes':
      return void span.setAttributes(operation.attributes as Attributes);
    case 'addEvent':
      return void span.addEvent(operation.name, operation.attributes as Attributes, operation.time);
    case 'addEventAt':
      return void span.addEvent(operation.name, operation.time);
    case 'addLink':
      return void span.addLink(operation.link);
    case 'addLinks':
      return void span.addLinks([...operation.links]);
    case 'setStatus':
      return void span.setStatus(operation.status);
    case 'updateName':
      return void span.updateName(operation.name);
    case 'recordException':
      return span.recordException(operation.exception as Error, operation.time);
    case 'end':
      return span.end(operation.time);
  }
}

function play(scenario: Scenario): (tracer: Tracer) => void {
  return (tracer) => {
    const span = tracer.startSpan(scenario.name, scenario.options, PARENT);
    for (const operation of scenario.operations) perform(span, operation);
    span.end(scenario.endTime);
    expect(span.isRecording()).toBe(false);
  };
}

/** Everything an exporter reads, apart from the drawn IDs and flags. */
function readable(span: EndedSpan): unknown {
  return {
    name: span.name,
    kind: span.kind,
    traceId: span.parentSpanContext === undefined ? 'drawn' : span.spanContext().traceId,
    parentSpanContext: span.parentSpanContext,
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    status: span.status,
    attributes: span.attributes,
    links: span.links,
    events: span.events,
    ended: span.ended,
    resource: span.resource.attributes,
    scope: span.instrumentationScope,
    dropped: [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount],
  };
}

const key = fc.constantFrom('', 'a', 'b', 'c', 'd', 'constructor');
const primitive = fc.oneof(fc.string({ maxLength: 12 }), fc.double(), fc.boolean());
const anyValue = fc.oneof(
  { weight: 4, arbitrary: primitive },
  fc.array(fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(null, undefined)), { maxLength: 4 }),
  fc.array(fc.integer(), { maxLength: 4 }),
  fc.array(fc.oneof(primitive, fc.constantFrom(null, undefined, {}, [1])), { maxLength: 4 }),
  fc.constantFrom<unknown>(null, undefined, {}, 10n, Symbol('s'), () => 1, new Date(0)),
);
const attributes = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(fc.constantFrom('', 'a', 'b', 'c', 'd', 'constructor'), anyValue) },
  fc.constant(undefined),
);
const time = fc
  .integer({ min: 1_700_000_000_000, max: 1_700_000_010_000 })
  .chain((epoch) =>
    fc.constantFrom<TimeInput>(epoch, epoch + 0.25, new Date(epoch), [Math.trunc(epoch / 1000), 987_654_321]),
  );
const link = fc.record({
  context: fc.constant({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
  attributes,
}) as fc.Arbitrary<Link>;
const status = fc.record({
  code: fc.constantFrom(0, 1, 2),
  message: fc.constantFrom<unknown>(undefined, '', 'because', 7),
}) as fc.Arbitrary<SpanStatus>;
const exception = fc.constantFrom<unknown>(
  'text',
  '',
  undefined,
  null,
  {},
  new TypeError('broken'),
  Object.assign(new Error('gone'), { code: 'ECONNRESET' }),
  Object.assign(new Error('numbered'), { code: 14 }),
  { message: 'only a message' },
  { name: 'OnlyAName' },
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant('setAttribute' as const), key, value: anyValue }),
  fc.record({ do: fc.constant('setAttributes' as const), attributes }),
  fc.record({ do: fc.constant('addEvent' as const), name: fc.string({ maxLength: 5 }), attributes, time }),
  fc.record({ do: fc.constant('addEventAt' as const), name: fc.string({ maxLength: 5 }), time }),
  fc.record({ do: fc.constant('addLink' as const), link }),
  fc.record({ do: fc.constant('addLinks' as const), links: fc.array(link, { maxLength: 3 }) }),
  fc.record({ do: fc.constant('setStatus' as const), status }),
  fc.record({ do: fc.constant('updateName' as const), name: fc.string({ maxLength: 5 }) }),
  fc.record({ do: fc.constant('recordException' as const), exception, time }),
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), time }) },
);
const limit = fc.constantFrom(0, 1, 2, 3, 128);
const scenario: fc.Arbitrary<Scenario> = fc.record({
  name: fc.string({ maxLength: 5 }),
  options: fc.record(
    {
      kind: fc.constantFrom(SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CONSUMER),
      attributes: attributes as fc.Arbitrary<Attributes>,
      links: fc.array(link, { maxLength: 4 }),
      root: fc.boolean(),
      startTime: time,
    },
    { requiredKeys: ['startTime'] },
  ),
  operations: fc.array(operation, { maxLength: 12 }),
  limits: fc.record({
    attributes: limit,
    attributeLength: fc.constantFrom(1, 3, 128, Infinity),
    events: limit,
    links: limit,
    attributesPerEvent: limit,
    attributesPerLink: limit,
    uncut: fc.constant(new Set<string>()),
  }),
  endTime: time,
});

describe('a span of ours beside one of the stock SDK', () => {
  it('says the same to an exporter, whatever is done to it', () => {
    fc.assert(
      fc.property(scenario, (played) => {
        const ours = onOurs(played, play(played));
        expect(ours).toHaveLength(1);
        expect(ours.map(readable)).toEqual(onStock(played, play(played)).map(readable));
      }),
      { numRuns: 1500 },
    );
  });
});

import { numberVariable } from '../export/number-variable.js';
import type { LimitSettings } from '../tracing-options.js';

/** Bounds of one span; what exceeds them is dropped and counted on the span. */
export interface SpanLimits {
  readonly attributes: number;
  /** Characters of a text value; `Infinity` for no bound. */
  readonly attributeLength: number;
  readonly events: number;
  readonly links: number;
  readonly attributesPerEvent: number;
  readonly attributesPerLink: number;
  /** Keys whose values are never cut, because they are hashed later: a hash of the beginning would make one person of two. */
  readonly uncut: ReadonlySet<string>;
}

const DEFAULT_COUNT = 128;

/**
 * The limits of the settings; where they leave one open, of the specification's variables (those of spans before the
 * general ones), else of the specification's defaults. What a variable says wrongly is told once and has no effect.
 */
export function resolveSpanLimits(settings: LimitSettings, hashed: readonly string[] = []): SpanLimits {
  const attributes = numberVariable('OTEL_ATTRIBUTE_COUNT_LIMIT', DEFAULT_COUNT, 0);
  const length = numberVariable('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', Infinity, 1);
  return {
    attributes: settings.attributes ?? numberVariable('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', attributes, 0),
    attributeLength: settings.attributeLength ?? numberVariable('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', length, 1),
    events: settings.events ?? numberVariable('OTEL_SPAN_EVENT_COUNT_LIMIT', DEFAULT_COUNT, 0),
    links: settings.links ?? numberVariable('OTEL_SPAN_LINK_COUNT_LIMIT', DEFAULT_COUNT, 0),
    attributesPerEvent: numberVariable('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', attributes, 0),
    attributesPerLink: numberVariable('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', attributes, 0),
    uncut: new Set(hashed),
  };
}

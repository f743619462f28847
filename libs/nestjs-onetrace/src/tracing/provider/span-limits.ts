import { noticeOnce } from '../notice.js';
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
}

const DEFAULT_COUNT = 128;

/**
 * The limits of the settings; where they leave one open, of the specification's variables (those of spans before the
 * general ones), else of the specification's defaults. What a variable says wrongly is told once and has no effect.
 */
export function resolveSpanLimits(settings: LimitSettings, env: NodeJS.ProcessEnv = process.env): SpanLimits {
  const attributes = readLimit(env, 'OTEL_ATTRIBUTE_COUNT_LIMIT', DEFAULT_COUNT);
  const length = readLimit(env, 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', Infinity);
  return {
    attributes: settings.attributes ?? readLimit(env, 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', attributes),
    attributeLength: settings.attributeLength ?? readLimit(env, 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', length),
    events: settings.events ?? readLimit(env, 'OTEL_SPAN_EVENT_COUNT_LIMIT', DEFAULT_COUNT),
    links: settings.links ?? readLimit(env, 'OTEL_SPAN_LINK_COUNT_LIMIT', DEFAULT_COUNT),
    attributesPerEvent: readLimit(env, 'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', attributes),
    attributesPerLink: readLimit(env, 'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', attributes),
  };
}

function readLimit(env: NodeJS.ProcessEnv, variable: string, otherwise: number): number {
  const text = env[variable]?.trim() ?? '';
  if (text === '') return otherwise;
  if (/^\d+$/.test(text)) return Number(text);
  noticeOnce(`limit:${variable}`, `${variable} is "${text}"; it takes a whole number from 0. It has no effect`);
  return otherwise;
}

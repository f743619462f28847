import type { Attributes, AttributeValue, Link, Span, SpanStatus, TimeInput } from '@opentelemetry/api';
import { redactText } from '../redaction/index.js';

/** What privacy makes of attributes: the same object where no rule applies. */
export type CleanAttributes = (attributes: Attributes) => Attributes;

/**
 * Applies privacy to what is written on a span of another provider, whose export is not ours. Changes the span itself, so
 * that everybody who meets it in the context writes through it.
 */
export function keepPrivate<T extends Span>(span: T, clean: CleanAttributes): T {
  // Nothing that is written on an unsampled span goes anywhere.
  if (!span.isRecording()) return span;
  const setAttribute = span.setAttribute.bind(span);
  const setAttributes = span.setAttributes.bind(span);
  const addEvent = span.addEvent.bind(span);
  const addLink = span.addLink.bind(span);
  const addLinks = span.addLinks.bind(span);
  const setStatus = span.setStatus.bind(span);
  const updateName = span.updateName.bind(span);
  const cleanLink = (link: Link): Link =>
    link.attributes === undefined ? link : { ...link, attributes: clean(link.attributes) };
  return Object.assign(span, {
    setAttribute(key: string, value: AttributeValue): T {
      const cleaned = clean({ [key]: value })[key];
      if (cleaned !== undefined) setAttribute(key, cleaned);
      return span;
    },
    setAttributes(attributes: Attributes): T {
      setAttributes(clean(attributes));
      return span;
    },
    addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): T {
      addEvent(redactText(name), isAttributes(attributesOrTime) ? clean(attributesOrTime) : attributesOrTime, time);
      return span;
    },
    addLink(link: Link): T {
      addLink(cleanLink(link));
      return span;
    },
    addLinks(links: Link[]): T {
      addLinks(links.map(cleanLink));
      return span;
    },
    setStatus(status: SpanStatus): T {
      setStatus(status.message === undefined ? status : { ...status, message: redactText(status.message) });
      return span;
    },
    updateName(name: string): T {
      updateName(redactText(name));
      return span;
    },
  } satisfies Partial<Span>);
}

function isAttributes(value: Attributes | TimeInput | undefined): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

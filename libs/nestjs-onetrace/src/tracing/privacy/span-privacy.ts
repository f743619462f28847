import type { Attributes, AttributeValue, Link, SpanStatus } from '@opentelemetry/api';
import { hashIdentifier } from '../../context/index.js';
import type { EndedSpan, EndedSpanEvent, SpanResource } from '../ended-span.js';
import {
  isSecret,
  REDACTED,
  type RedactionRules,
  redactionRules,
  redactText,
  redactValue,
} from '../redaction/index.js';

// Keys and texts from outside must not fill the memory, in number and in length.
const MOST_KNOWN_KEYS = 1024;
const LONGEST_KNOWN_TEXT = 64;

/**
 * Redacts what a span says: its attributes, those of its events, its links and its resource, whoever set them, and its texts.
 * A span in which nothing is secret is handed on as it is.
 */
export class SpanPrivacy {
  private readonly resources = new WeakMap<SpanResource, SpanResource>();
  /** By key the last text in which `rules` found nothing. */
  private readonly cleanTexts = new Map<string, string>();
  private rules: RedactionRules | undefined;

  clean(span: EndedSpan): EndedSpan {
    const attributes = this.cleanAttributes(span.attributes);
    const events = this.each(span.events, (event) => this.event(event));
    const links = this.each(span.links, (link) => this.holder<Link>(link));
    const resource = this.resource(span.resource);
    const name = redactText(span.name);
    const status = this.status(span.status);
    if (
      name === span.name &&
      status === span.status &&
      attributes === span.attributes &&
      events === span.events &&
      links === span.links &&
      resource === span.resource
    ) {
      return span;
    }
    return {
      name,
      kind: span.kind,
      spanContext: () => span.spanContext(),
      ...(span.parentSpanContext === undefined ? {} : { parentSpanContext: span.parentSpanContext }),
      startTime: span.startTime,
      endTime: span.endTime,
      status,
      attributes,
      links,
      events,
      duration: span.duration,
      ended: span.ended,
      resource,
      instrumentationScope: span.instrumentationScope,
      droppedAttributesCount: span.droppedAttributesCount,
      droppedEventsCount: span.droppedEventsCount,
      droppedLinksCount: span.droppedLinksCount,
    };
  }

  private each<T>(items: T[], clean: (item: T) => T): T[] {
    if (items.length === 0) return items;
    let changed = false;
    const cleaned = items.map((item) => {
      const next = clean(item);
      changed ||= next !== item;
      return next;
    });
    return changed ? cleaned : items;
  }

  private status(status: SpanStatus): SpanStatus {
    if (status.message === undefined) return status;
    const message = redactText(status.message);
    return message === status.message ? status : { ...status, message };
  }

  private event(event: EndedSpanEvent): EndedSpanEvent {
    const name = redactText(event.name);
    return this.holder(name === event.name ? event : { ...event, name });
  }

  private holder<T extends { readonly attributes?: Attributes }>(item: T): T {
    if (item.attributes === undefined) return item;
    const attributes = this.cleanAttributes(item.attributes);
    return attributes === item.attributes ? item : { ...item, attributes };
  }

  private resource(resource: SpanResource): SpanResource {
    // Reading one that detectors still fill prints an error. Our export waits for them; another provider's resource is its own.
    if (resource.asyncAttributesPending === true) return resource;
    const known = this.resources.get(resource);
    if (known !== undefined) return known;
    const { attributes } = resource;
    const cleaned = this.cleanAttributes(attributes);
    const next: SpanResource =
      cleaned === attributes
        ? resource
        : {
            attributes: cleaned,
            ...(resource.schemaUrl === undefined ? {} : { schemaUrl: resource.schemaUrl }),
            merge: (other) => resource.merge(other),
            getRawAttributes: () => Object.entries(cleaned),
          };
    this.resources.set(resource, next);
    return next;
  }

  /** The same object where no rule applies; never changes what it is given. */
  cleanAttributes(attributes: Attributes): Attributes {
    const rules = redactionRules();
    if (rules !== this.rules) {
      this.rules = rules;
      this.cleanTexts.clear();
    }
    let cleaned: Attributes | undefined;
    for (const key in attributes) {
      const value = attributes[key];
      // Most texts are those of the span before: a server, a model, a method.
      if (value === undefined || this.cleanTexts.get(key) === value) continue;
      const next = this.cleanValue(key, value);
      if (next === value) continue;
      cleaned ??= { ...attributes };
      if (next === undefined) delete cleaned[key];
      else cleaned[key] = next;
    }
    return cleaned ?? attributes;
  }

  private cleanValue(key: string, value: AttributeValue): AttributeValue | undefined {
    const rule = redactionRules().of(key);
    if (rule === 'keep' && typeof value === 'string') return this.cleanText(key, value);
    if (rule === 'drop') return undefined;
    if (rule === 'hash') return this.hashed(key, value);
    if (rule === 'redact') return REDACTED;
    // By its name, and by what it looks like.
    if (!Array.isArray(value)) return redactValue(key, value) as AttributeValue;
    if (rule !== 'keep' && isSecret(key, value)) return REDACTED;
    const items: readonly unknown[] = value;
    const isClean = items.every((item) => redactValue('', item) === item);
    return isClean ? value : (items.map((item) => redactValue('', item)) as AttributeValue);
  }

  private cleanText(key: string, text: string): string {
    const cleaned = redactText(text);
    if (cleaned === text && text.length <= LONGEST_KNOWN_TEXT && key.length <= LONGEST_KNOWN_TEXT) {
      if (this.cleanTexts.size >= MOST_KNOWN_KEYS) this.cleanTexts.clear();
      this.cleanTexts.set(key, text);
    }
    return cleaned;
  }

  private hashed(key: string, value: AttributeValue): AttributeValue | undefined {
    if (!Array.isArray(value)) return hashIdentifier(String(value), key);
    const hashes = value.flatMap((item) =>
      item === null || item === undefined ? [] : (hashIdentifier(String(item), key) ?? []),
    );
    return hashes.length === 0 ? undefined : hashes;
  }
}

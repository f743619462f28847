import type { Attributes, AttributeValue, Link, SpanStatus } from '@opentelemetry/api';
import { hashIdentifier } from '../../context/index.js';
import type { EndedSpan, EndedSpanEvent, SpanResource } from '../ended-span.js';
import { isSecret, REDACTED, redactionRules, redactText, redactValue } from '../redaction/index.js';

/**
 * Redacts what a span says: its attributes, those of its events, its links and its resource, whoever set them, and its texts.
 * A span in which nothing is secret is handed on as it is.
 */
export class SpanPrivacy {
  private readonly resources = new WeakMap<SpanResource, SpanResource>();

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
    let cleaned: Attributes | undefined;
    for (const key in attributes) {
      const value = attributes[key];
      const next = value === undefined ? undefined : this.cleanValue(key, value);
      if (next === value) continue;
      cleaned ??= { ...attributes };
      if (next === undefined) delete cleaned[key];
      else cleaned[key] = next;
    }
    return cleaned ?? attributes;
  }

  private cleanValue(key: string, value: AttributeValue): AttributeValue | undefined {
    const rule = redactionRules().of(key);
    if (rule === 'drop') return undefined;
    if (rule === 'hash') return this.hashed(key, value);
    if (rule === 'redact') return REDACTED;
    // By its name, and by what it looks like.
    if (!Array.isArray(value)) return redactValue(key, value) as AttributeValue;
    if (rule !== 'keep' && isSecret(key, value)) return REDACTED;
    const items = value.map((item) => redactValue('', item));
    return items.some((item, index) => item !== value[index]) ? (items as AttributeValue) : value;
  }

  private hashed(key: string, value: AttributeValue): AttributeValue | undefined {
    if (!Array.isArray(value)) return hashIdentifier(String(value), key);
    const hashes = value.flatMap((item) =>
      item === null || item === undefined ? [] : (hashIdentifier(String(item), key) ?? []),
    );
    return hashes.length === 0 ? undefined : hashes;
  }
}

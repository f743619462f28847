import type { Attributes, AttributeValue, Link } from '@opentelemetry/api';
import type { EndedSpan, EndedSpanEvent, SpanResource } from '../ended-span.js';
import { REDACTED } from '../recorded-value.js';
import type { AttributeRules } from './attribute-rules.js';

/** The keyed hash of a value; `undefined` without a key: then the value is dropped. */
export type KeyedHash = (value: string) => string | undefined;

/**
 * Applies the rules to the attributes of a span, its events, its links and its resource, whoever set them. A span to
 * which none applies is handed on as it is.
 */
export class SpanPrivacy {
  private readonly resources = new WeakMap<SpanResource, SpanResource>();

  constructor(
    private readonly rules: AttributeRules,
    private readonly hash: KeyedHash,
  ) {}

  clean(span: EndedSpan): EndedSpan {
    const attributes = this.cleanAttributes(span.attributes);
    const events = this.each(span.events, (event) => this.holder<EndedSpanEvent>(event));
    const links = this.each(span.links, (link) => this.holder<Link>(link));
    const resource = this.resource(span.resource);
    if (
      attributes === span.attributes &&
      events === span.events &&
      links === span.links &&
      resource === span.resource
    ) {
      return span;
    }
    return {
      name: span.name,
      kind: span.kind,
      spanContext: () => span.spanContext(),
      ...(span.parentSpanContext === undefined ? {} : { parentSpanContext: span.parentSpanContext }),
      startTime: span.startTime,
      endTime: span.endTime,
      status: span.status,
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
      const rule = this.rules.of(key);
      if (rule === 'keep') continue;
      cleaned ??= { ...attributes };
      const value = attributes[key];
      const next = rule === 'drop' || value === undefined ? undefined : this.replaced(value, rule);
      if (next === undefined) delete cleaned[key];
      else cleaned[key] = next;
    }
    return cleaned ?? attributes;
  }

  private replaced(value: AttributeValue, rule: 'hash' | 'redact'): AttributeValue | undefined {
    if (rule === 'redact') return REDACTED;
    if (!Array.isArray(value)) return this.hash(String(value));
    const hashes = value.flatMap((item) =>
      item === null || item === undefined ? [] : (this.hash(String(item)) ?? []),
    );
    return hashes.length === 0 ? undefined : hashes;
  }
}

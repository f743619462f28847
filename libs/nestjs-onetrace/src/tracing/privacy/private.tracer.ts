import { type Context, context, type Span, type SpanOptions, type Tracer, trace } from '@opentelemetry/api';
import { redactText } from '../redaction/index.js';
import { type CleanAttributes, keepPrivate } from './private-span.js';

/** Another provider's tracer, for spans of ours: what is written on them passes through privacy. */
export class PrivateTracer implements Tracer {
  constructor(
    private readonly tracer: Tracer,
    private readonly clean: CleanAttributes,
  ) {}

  startSpan(name: string, options: SpanOptions = {}, parent?: Context): Span {
    const { attributes, links } = options;
    const cleaned: SpanOptions = {
      ...options,
      ...(attributes === undefined ? {} : { attributes: this.clean(attributes) }),
      ...(links === undefined
        ? {}
        : {
            links: links.map((link) =>
              link.attributes === undefined ? link : { ...link, attributes: this.clean(link.attributes) },
            ),
          }),
    };
    return keepPrivate(this.tracer.startSpan(redactText(name), cleaned, parent), this.clean);
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: unknown[]): ReturnType<F> {
    const fn = rest.pop() as F;
    const [options, parent = context.active()] = rest as [SpanOptions?, Context?];
    const span = this.startSpan(name, options, parent);
    return context.with(trace.setSpan(parent, span), () => fn(span)) as ReturnType<F>;
  }
}

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { configureIdentifierHash } from '../context/index.js';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { complianceAttributes } from './compliance-attributes.js';
import { TracingService } from './tracing.service.js';
import { onlySpan } from '../testing/only-span.fixture.js';

const service = new TracingService();
let spans: SpanCollector;
beforeAll(() => {
  spans = collectSpans();
});
beforeEach(() => {
  spans.reset();
  configureIdentifierHash({ hashKey: 'a-key-of-sixteen-chars', hash: ['user.id'] });
});
afterEach(() => configureIdentifierHash({ hashKey: undefined, hash: ['user.id'] }));
afterAll(() => spans.stop());

const unreadable = Object.defineProperty({}, 'a', {
  enumerable: true,
  get: () => {
    throw new Error('no');
  },
});
const only = () => onlySpan(spans);

describe('TracingService.startActiveSpan', () => {
  it('runs the function inside the span and ends it with the function', async () => {
    const result = service.startActiveSpan('step', { kind: SpanKind.PRODUCER, attributes: { a: 1 } }, async (span) => {
      await Promise.resolve();
      expect(trace.getActiveSpan()).toBe(span);
      return service.currentTraceId();
    });
    expect(spans.spans()).toHaveLength(0);
    expect(await result).toBe(only()?.spanContext().traceId);
    expect(only()).toMatchObject({ name: 'step', kind: SpanKind.PRODUCER, attributes: { a: 1 } });
  });

  it('takes a parent context, as the API does', () => {
    const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
    service.startActiveSpan('step', {}, trace.setSpanContext(ROOT_CONTEXT, parent), () => undefined);
    expect(only()?.parentSpanContext?.spanId).toBe(parent.spanId);
  });

  it('does not mind a function that ends its span itself, as the API asks for', () => {
    service.startActiveSpan('step', (span) => span.end());
    only();
  });

  it('records what is thrown', () => {
    expect(() =>
      service.startActiveSpan('step', () => {
        throw new RangeError('too far');
      }),
    ).toThrow('too far');
    expect(only()).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'too far' },
      attributes: { 'error.type': 'RangeError' },
    });
  });

  it('runs the function also when the tracer fails', () => {
    const broken = jestTracer(() => {
      throw new Error('broken tracer');
    });
    try {
      expect(service.startActiveSpan('step', (span) => span.isRecording())).toBe(false);
    } finally {
      broken.restore();
    }
    expect(spans.spans()).toHaveLength(0);
  });
});

/** Replaces the global tracer until `restore`. */
function jestTracer(startSpan: () => never): { restore(): void } {
  const original = trace.getTracer.bind(trace);
  trace.getTracer = () => ({ startSpan, startActiveSpan: startSpan });
  return {
    restore: () => {
      trace.getTracer = original;
    },
  };
}

describe('TracingService.business', () => {
  it('says for whom, on what data, under which rules, and how it went', async () => {
    await service.business('sleep.analysis', () => Promise.resolve([1]), {
      userId: 'user-1',
      operationType: 'read',
      dataSensitivity: 'high',
      complianceContext: 'DiGA',
      auditRequired: true,
      attributes: { 'analysis.type': 'pattern' },
    });
    expect(only()).toMatchObject({
      name: 'sleep.analysis',
      kind: SpanKind.INTERNAL,
      attributes: {
        'user.id': service.hash('user-1'),
        operation_type: 'read',
        data_sensitivity: 'high',
        compliance_context: 'DiGA',
        audit_required: true,
        'analysis.type': 'pattern',
        'operation.success': true,
        'operation.result_type': 'object',
      },
    });
  });

  it.each<[string, unknown, object]>([
    ['a user ID that is a number', { userId: 42 }, { 'user.id': expect.stringMatching(/^hmac:/) }],
    ['a user ID that is null', { userId: null }, {}],
    ['attributes that cannot be read', { attributes: unreadable }, {}],
    ['no description at all', null, {}],
  ])('runs the work, whatever describes it: %s', (_, description, attributes) => {
    const as = description as never;
    expect(service.business('step', () => 'done', as)).toBe('done');
    expect(service.external('crm', 'find', () => 'done', as)).toBe('done');
    expect(spans.spans().map((span) => span.attributes)).toEqual([
      { 'operation.success': true, 'operation.result_type': 'string', ...attributes },
      expect.objectContaining({ 'external.success': true, ...attributes }),
    ]);
  });

  it('leaves the user out where no key is set: a raw ID never leaves', () => {
    configureIdentifierHash({ hashKey: undefined, hash: ['user.id'] });
    service.business('sleep.analysis', () => undefined, { userId: 'user-1' });
    expect(only()?.attributes).not.toHaveProperty(['user.id']);
  });

  it('says whether its error passes', () => {
    expect(() =>
      service.business('sleep.analysis', () => {
        throw Object.assign(new Error('slow down'), { name: 'RateLimitError' });
      }),
    ).toThrow('slow down');
    expect(only()?.attributes).toMatchObject({
      'operation.success': false,
      'error.type': 'RateLimitError',
      'error.recoverable': true,
    });
  });
});

describe('TracingService.external', () => {
  it('describes a call that succeeded', async () => {
    await service.external('billing', 'charge', () => Promise.resolve('receipt'), { userId: 'user-1' });
    expect(only()).toMatchObject({
      name: 'billing charge',
      kind: SpanKind.CLIENT,
      attributes: {
        'external.service': 'billing',
        'external.operation': 'charge',
        'external.success': true,
        'external.result_type': 'string',
        'user.id': service.hash('user-1'),
      },
    });
  });

  it('describes a call that failed, its error unchanged', async () => {
    const declined = new Error('declined');
    await expect(
      service.external('billing', 'charge', () => Promise.reject(declined), { recoverable: () => true }),
    ).rejects.toBe(declined);
    expect(only()?.attributes).toMatchObject({
      'external.success': false,
      'error.recoverable': true,
      'error.type': 'Error',
    });
  });

  it('survives a judgement that fails', () => {
    const recoverable = () => {
      throw new Error('bug in the judgement');
    };
    expect(() =>
      service.external(
        'billing',
        'charge',
        () => {
          throw new Error('declined');
        },
        { recoverable },
      ),
    ).toThrow('declined');
    expect(only()?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'declined' });
  });
});

describe('TracingService on the active span', () => {
  it('sets attributes, adds events and links', () => {
    const other = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
    service.startActiveSpan('step', () => {
      service.setAttribute('a', 1);
      service.addEvent('reached', { b: 2 });
      service.addLink(other, { c: 3 });
    });
    expect(only()).toMatchObject({
      attributes: { a: 1 },
      events: [{ name: 'reached', attributes: { b: 2 } }],
      links: [{ context: other, attributes: { c: 3 } }],
    });
  });

  it('does nothing where there is none', () => {
    context.with(ROOT_CONTEXT, () => {
      service.setAttribute('a', 1);
      service.addEvent('reached');
      service.addLink({ traceId: '', spanId: '', traceFlags: 0 });
      expect(service.currentTraceId()).toBeUndefined();
    });
  });
});

describe('TracingService.hash', () => {
  it('is keyed, stable and idempotent', () => {
    const hashed = service.hash('user-1');
    expect(hashed).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(service.hash('user-1')).toBe(hashed);
    expect(service.hash(hashed ?? '')).toBe(hashed);
    configureIdentifierHash({ hashKey: 'another-key-of-some-length', hash: [] });
    expect(service.hash('user-1')).not.toBe(hashed);
  });
});

describe('TracingService.recoverable', () => {
  const named = (name: string) => Object.assign(new Error('x'), { name });
  it.each<[string, unknown, boolean]>([
    ['a timeout', named('TimeoutError'), true],
    ['a connection that broke', named('ConnectionError'), true],
    ['a rate limit', named('RateLimitError'), true],
    ['a class of that name', new (class TimeoutError extends Error {})('x'), true],
    ['a refused connection', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), true],
    ['a cause', new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }), true],
    ['status 503', Object.assign(new Error('x'), { status: 503 }), true],
    ['a response with status 429', Object.assign(new Error('x'), { response: { status: 429 } }), true],
    ['status 404', Object.assign(new Error('x'), { status: 404 }), false],
    ["the error's own word", Object.assign(named('TimeoutError'), { retryable: false }), false],
    ['a plain error', new Error('x'), false],
    ['undefined', undefined, false],
    [
      'a cycle of causes',
      Object.assign(new Error('x'), {
        get cause(): unknown {
          return this;
        },
      }),
      false,
    ],
    [
      'an error that does not let itself be read',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
      false,
    ],
  ])('%s: %#', (_what, error, expected) => expect(service.recoverable(error)).toBe(expected));
});

describe('complianceAttributes', () => {
  it('leaves out what is not said', () => {
    expect(complianceAttributes({})).toEqual({});
    expect(complianceAttributes({ auditRequired: false })).toEqual({ audit_required: false });
  });
});

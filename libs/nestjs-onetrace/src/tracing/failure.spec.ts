import { describe, expect, it } from '@jest/globals';
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { recordFailure } from './failure.js';
import { tracingFailures } from './safely.js';

/** A span that keeps what is written on it. */
function recordingSpan() {
  const written: Record<string, unknown> = {};
  const span = {
    isRecording: () => true,
    recordException: (exception: unknown) => void (written['exception'] = exception),
    setAttribute: (key: string, value: unknown) => void (written[key] = value),
    setStatus: (status: unknown) => void (written['status'] = status),
  };
  return { span: span as unknown as Span, written };
}

describe('a failure on a span', () => {
  it('is an exception event, status ERROR and error.type', () => {
    const { span, written } = recordingSpan();
    const error = new TypeError('bad');
    recordFailure(span, error);
    expect(written).toEqual({
      exception: { name: 'TypeError', message: 'bad', stack: error.stack },
      'error.type': 'TypeError',
      status: { code: SpanStatusCode.ERROR, message: 'bad' },
    });
  });

  it.each([
    undefined,
    null,
    '',
    Object.create(null),
    Symbol('s'),
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    ),
  ])('is told of whatever was thrown: %#', (value: unknown) => {
    const { span, written } = recordingSpan();
    recordFailure(span, value);
    expect(written['status']).toMatchObject({ code: SpanStatusCode.ERROR });
    expect(written['error.type']).toEqual(expect.stringMatching(/./));
  });

  it('of a span that fails itself is counted and swallowed', () => {
    const { span } = recordingSpan();
    span.recordException = () => {
      throw new Error('broken span');
    };
    const before = tracingFailures();
    recordFailure(span, new Error('bad'));
    expect(tracingFailures()).toBe(before + 1);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Span } from '@opentelemetry/api';
import { describeOutcome } from './request-span.js';

/** What is written on a span, by key. */
function written(identity: Parameters<typeof describeOutcome>[3]): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  const span = {
    isRecording: () => true,
    updateName: () => undefined,
    setAttribute: (key: string, value: unknown) => void (attributes[key] = value),
  };
  describeOutcome(
    span as unknown as Span,
    'GET',
    {
      route: '/things',
      status: 200,
      interrupted: undefined,
      error: undefined,
      refusal: undefined,
      requestBytes: 0,
      responseBytes: 0,
    },
    identity,
  );
  return attributes;
}

describe('the SERVER span', () => {
  it('says for whom and for what the request was, as its lines and its baggage do', () => {
    expect(written({ pipelineId: 'p', tenantId: 't', userId: 'hmac:00000000000000000000000000000000' })).toMatchObject({
      'onetrace.pipeline_id': 'p',
      'onetrace.tenant_id': 't',
      'user.id': 'hmac:00000000000000000000000000000000',
    });
  });

  it('leaves out what is not known', () => {
    expect(Object.keys(written({}))).toEqual(['http.route', 'http.response.status_code']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { CreateScheduleInput } from '@temporalio/client';
import { type Identity, runWithIdentity } from '../../context/index.js';
import { TEMPORAL } from '../../semantics/index.js';
import { defaultTracingSettings, startTracing, stopTracing } from '../../tracing/index.js';
import { type Carrier, readTracerData } from '../workflow/tracer-data.js';
import { OnetraceScheduleClientInterceptor } from './schedule-client.interceptor.js';

const INPUT = {
  headers: { mine: {} },
  options: { scheduleId: 'nightly', action: { workflowType: 'train', taskQueue: 'models' } },
} as unknown as CreateScheduleInput;

/** The headers with which a schedule is created by whoever has that identity, in a trace or in none. */
async function headersOf(identity: Identity): Promise<CreateScheduleInput['headers']> {
  let headers: CreateScheduleInput['headers'] = {};
  await context.with(ROOT_CONTEXT, () =>
    runWithIdentity(identity, () =>
      new OnetraceScheduleClientInterceptor().create(INPUT, (input) => {
        headers = input.headers;
        return Promise.resolve({ conflictToken: new Uint8Array() });
      }),
    ),
  );
  return headers;
}

async function creatorOf(identity: Identity): Promise<Carrier | undefined> {
  return readTracerData(await headersOf(identity), TEMPORAL.creatorHeader);
}

describe('the creation of a schedule', () => {
  it('leaves the headers as they are where nothing is traced', async () => {
    expect(await headersOf({ clientId: 'dept-a' })).toEqual(INPUT.headers);
  });

  describe('that is traced', () => {
    beforeAll(() => void startTracing({ ...defaultTracingSettings('test'), export: 'none' }));
    afterAll(() => stopTracing());

    it('tells every run client, pipeline, tenant and user, but neither the one request nor its wish for debug lines', async () => {
      const { baggage, traceparent } =
        (await creatorOf({
          requestId: 'req-12345678',
          clientId: 'dept-a',
          pipelineId: 'text-embedding',
          tenantId: 't-1',
          userId: `hmac:${'0'.repeat(32)}`,
          logLevel: 'debug',
        })) ?? {};
      expect(decodeURIComponent(baggage ?? '')).toBe(
        `client_id=dept-a,pipeline_id=text-embedding,tenant_id=t-1,user_id=hmac:${'0'.repeat(32)}`,
      );
      expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    });

    it('gives runs no trace context of their own to go on in', async () => {
      const headers = await trace.getTracer('test').startActiveSpan('request', () => headersOf({}));
      expect(Object.keys(headers)).toEqual(['mine', TEMPORAL.creatorHeader]);
    });
  });
});

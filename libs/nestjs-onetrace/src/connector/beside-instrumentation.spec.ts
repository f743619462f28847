import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import type { OpenAiConnector } from './index.js';
import { ModelServer, REQUEST, success } from './model-server.fixture.js';

const model = new ModelServer();
let instrumentation: UndiciInstrumentation | undefined;
beforeAll(() => {
  instrumentation = new UndiciInstrumentation();
  instrumentation.setTracerProvider(trace.getTracerProvider());
});
afterAll(() => instrumentation?.disable());

const address = (): string => `http://${model.target}/v1/chat/completions`;
const init = { method: 'POST', body: JSON.stringify(REQUEST), headers: { 'content-type': 'application/json' } };

describe("beside OpenTelemetry's own instrumentation of undici", () => {
  it.each<[string, (llm: OpenAiConnector) => Promise<unknown>]>([
    ['a method of the connector', (llm) => llm.chatCompletions(REQUEST)],
    ['connector.fetch', async (llm) => (await llm.fetch(address(), init)).text()],
  ])('%s has one span for each attempt, and sends one trace', async (_, call) => {
    model.answers = [success];
    await call(model.connector());
    const names = model.collector.spans().map(({ name }) => name);
    expect(names.sort()).toEqual([`POST ${model.target}`, 'chat tiny'].sort());
    expect(model.received[0]?.rawHeaders.filter((text) => text.toLowerCase() === 'traceparent')).toHaveLength(1);
    expect(model.received[0]?.headers['traceparent']).toContain(model.attemptSpans[0]?.spanContext().spanId);
  });

  it('which does record a fetch that is none of ours', async () => {
    model.answers = [success];
    await (await fetch(address(), init)).text();
    expect(model.collector.spans().map(({ name }) => name)).toEqual(['POST']);
  });
});

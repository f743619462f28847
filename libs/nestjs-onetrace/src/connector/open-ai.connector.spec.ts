import { describe, expect, it } from '@jest/globals';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { withIdentity } from '../context/index.js';
import { collectSpans } from '../testing/index.js';
import { API_KEY, COMPLETION, json, ModelServer, REQUEST, success } from './model-server.fixture.js';

const model = new ModelServer();

describe('a call that succeeds', () => {
  it('has one GenAI span around one attempt, whose context is what the server gets', async () => {
    model.answers = [success];
    const root = trace.getTracer('test').startSpan('activity');
    const identity = { requestId: 'req-00000001', clientId: 'dept-a', pipelineId: 'embed' };
    const ctx = withIdentity(trace.setSpan(context.active(), root), identity);
    const completion = await context.with(ctx, () => model.connector().chatCompletions(REQUEST));
    root.end();
    expect(completion).toEqual(COMPLETION);

    const [chat] = model.chatSpans;
    const [attempt] = model.attemptSpans;
    expect(chat).toMatchObject({
      kind: SpanKind.CLIENT,
      parentSpanContext: { spanId: root.spanContext().spanId },
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'tiny',
        'gen_ai.request.max_tokens': 7,
        'gen_ai.request.temperature': 0.5,
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.model': 'tiny-v2',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.usage.output_tokens': 5,
        'onetrace.component': 'connector',
        'onetrace.attempts': 1,
        'server.address': '127.0.0.1',
      },
    });
    expect(attempt).toMatchObject({
      kind: SpanKind.CLIENT,
      parentSpanContext: { spanId: chat?.spanContext().spanId },
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'url.full': `http://${model.target}/v1/chat/completions`,
        'onetrace.component': 'connector',
      },
    });
    expect(attempt?.attributes).not.toHaveProperty('http.request.resend_count');
    const { traceId, spanId } = attempt?.spanContext() ?? { traceId: '', spanId: '' };
    expect(model.received[0]?.headers).toMatchObject({
      traceparent: `00-${traceId}-${spanId}-03`,
      'x-request-id': `req-00000001-${spanId}`,
      'x-client-id': 'dept-a',
      baggage: expect.stringContaining('pipeline_id=embed'),
      authorization: `Bearer ${API_KEY}`,
    });
    expect(model.messages).toEqual([
      'model call started',
      'model request sent',
      'model response received',
      'model call completed',
    ]);
    expect(model.lines[0]).toMatchObject({
      span_id: chat?.spanContext().spanId,
      parent_span_id: root.spanContext().spanId,
    });
    expect(model.lines[1]).toMatchObject({
      trace_id: traceId,
      span_id: spanId,
      parent_span_id: chat?.spanContext().spanId,
      component: 'connector',
      client_id: 'dept-a',
      attempt: 1,
    });
    expect(model.lines[3]).toMatchObject({
      level: 'INFO',
      extra: { model: 'tiny', target: model.target, attempts: 1, input_tokens: 3, output_tokens: 5 },
    });
    expect(
      model.lines.every(
        (line) => line.message.includes('start') || line.message.includes('sent') || 'duration_ms' in line,
      ),
    ).toBe(true);
  });

  it('uses its connections again', async () => {
    model.answers = [success];
    const llm = model.connector();
    for (let call = 0; call < 6; call += 1) await llm.chatCompletions(REQUEST);
    // The pool opens a second one when the first is just about to be free.
    expect(new Set(model.received.map(({ socket }) => socket.remotePort)).size).toBeLessThanOrEqual(2);
  });

  it('needs no provider: the caller gets its answer and every attempt a request ID of its own', async () => {
    model.answers = [json(503, {}), success];
    trace.disable();
    try {
      const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
      const ctx = trace.setSpanContext(context.active(), parent);
      expect(await context.with(ctx, () => model.connector().chatCompletions(REQUEST))).toEqual(COMPLETION);
    } finally {
      await model.collector.stop();
      model.collector = collectSpans();
    }
    const sent = model.received.map(({ headers }) => String(headers['x-request-id']));
    for (const id of sent) expect(id).toMatch(/^a{32}-[0-9a-f]{16}$/);
    expect(new Set(sent).size).toBe(2);
  });

  it('tells a foreign provider neither client nor baggage', async () => {
    model.answers = [success];
    const ctx = withIdentity(context.active(), { clientId: 'dept-a', tenantId: 'north' });
    await context.with(ctx, () => model.connector({ foreign: true }).chatCompletions(REQUEST));
    expect(model.received[0]?.headers['traceparent']).toMatch(/^00-/);
    expect(model.received[0]?.headers).not.toHaveProperty('baggage');
    expect(model.received[0]?.headers).not.toHaveProperty('x-client-id');
  });
});

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endedSpan } from './ended-span.fixture.js';
import { type DropReason, droppedSpans } from './export/dropped-spans.js';
import { type OtlpReceiver, startOtlpReceiver } from './export/otlp-receiver.fixture.js';
import { setNoticeSink } from './notice.js';
import { SpanPipeline } from './span-pipeline.js';

const VARIABLES = { ...process.env };
const later = (ms: number) => (response: ServerResponse) => void setTimeout(() => response.end('{}'), ms);
const dropped = (reason: DropReason): number => droppedSpans().get(reason) ?? 0;

let receiver: OtlpReceiver;
const start = async (answer?: Parameters<typeof startOtlpReceiver>[0]): Promise<SpanPipeline> => {
  receiver = await startOtlpReceiver(answer);
  return new SpanPipeline({ export: { url: receiver.url } });
};

beforeEach(() => {
  process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
  setNoticeSink(() => undefined);
});
afterEach(async () => {
  await receiver.stop();
  process.env = { ...VARIABLES };
});

describe('delivery', () => {
  it('loses nothing at 5000 spans a second behind a receiver that takes 200 ms', async () => {
    const pipeline = await start(later(200));
    const before = dropped('queue_full');
    for (let burst = 0; burst < 20; burst += 1) {
      for (let i = 0; i < 250; i += 1) pipeline.onEnd(endedSpan({ name: `span ${burst * 250 + i}` }));
      await pause(50);
    }
    await pipeline.shutdown(5000);
    expect(new Set(receiver.spans().map(({ name }) => name)).size).toBe(5000);
    expect(receiver.spans()).toHaveLength(5000);
    expect(dropped('queue_full')).toBe(before);
    expect(receiver.mostOpen()).toBeGreaterThan(1);
    expect(receiver.mostOpen()).toBeLessThanOrEqual(8);
  });

  it('hands over a full batch at once and the rest after the delay', async () => {
    process.env['OTEL_BSP_SCHEDULE_DELAY'] = '60000';
    process.env['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'] = '3';
    const pipeline = await start();
    for (const name of ['a', 'b', 'c', 'd']) pipeline.onEnd(endedSpan({ name }));
    while (receiver.exports.length === 0) await pause(5);
    expect(receiver.spans().map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    await pipeline.flush(5000);
    expect(receiver.spans().map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    await pipeline.shutdown(1000);
  });

  it('drops what exceeds the queue and counts it', async () => {
    process.env['OTEL_BSP_MAX_QUEUE_SIZE'] = '10';
    const pipeline = await start();
    const before = dropped('queue_full');
    for (let i = 0; i < 25; i += 1) pipeline.onEnd(endedSpan());
    await pipeline.shutdown(5000);
    expect(receiver.spans()).toHaveLength(10);
    expect(dropped('queue_full')).toBe(before + 15);
  });

  it('leaves out spans that are not sampled', async () => {
    const pipeline = await start();
    pipeline.onEnd(
      endedSpan({ spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 }) }),
    );
    await pipeline.shutdown(1000);
    expect(receiver.exports).toEqual([]);
  });

  it('tries again what the receiver could not take for now, and sends it once', async () => {
    let asked = 0;
    const pipeline = await start((response) => {
      asked += 1;
      if (asked > 2) return response.end('{}');
      response.writeHead(503, { 'retry-after': '0' }).end();
    });
    pipeline.onEnd(endedSpan());
    await pipeline.flush(5000);
    expect(receiver.exports).toHaveLength(3);
    await pipeline.shutdown(1000);
    expect(receiver.exports).toHaveLength(3);
  });

  it('does not try again what the receiver refuses', async () => {
    const pipeline = await start((response) => void response.writeHead(400).end());
    const before = dropped('undeliverable');
    pipeline.onEnd(endedSpan());
    await pipeline.flush(5000);
    expect(receiver.exports).toHaveLength(1);
    expect(dropped('undeliverable')).toBe(before + 1);
    await pipeline.shutdown(1000);
  });

  it('counts spans that the receiver rejects although it took the request', async () => {
    const answer = JSON.stringify({ partialSuccess: { rejectedSpans: '2', errorMessage: 'too old' } });
    const pipeline = await start((response) => void response.end(answer));
    const before = dropped('rejected');
    for (let i = 0; i < 3; i += 1) pipeline.onEnd(endedSpan());
    await pipeline.shutdown(5000);
    expect(dropped('rejected')).toBe(before + 2);
  });

  it('sends protobuf, the headers asked for, and gzip', async () => {
    delete process.env['OTEL_EXPORTER_OTLP_PROTOCOL'];
    receiver = await startOtlpReceiver();
    const pipeline = new SpanPipeline({
      export: { url: `${receiver.url}/`, headers: { authorization: 'Bearer x' }, compression: 'gzip' },
    });
    pipeline.onEnd(endedSpan());
    await pipeline.shutdown(5000);
    expect(receiver.exports).toEqual([
      expect.objectContaining({
        path: '/v1/traces',
        headers: expect.objectContaining({
          'content-type': 'application/x-protobuf',
          'content-encoding': 'gzip',
          authorization: 'Bearer x',
        }),
      }),
    ]);
  });
});

describe('shutdown', () => {
  it('ends within the deadline when the receiver never answers, and lets go of the connection', async () => {
    const closed: Promise<unknown>[] = [];
    const pipeline = await start((response) => void closed.push(once(response, 'close')));
    const before = dropped('shutdown');
    pipeline.onEnd(endedSpan());
    await pipeline.shutdown(100);
    await Promise.all(closed);
    expect(closed).toHaveLength(1);
    expect(dropped('shutdown')).toBe(before + 1);
  });

  it('tries again where the receiver is there and could not take it for now', async () => {
    let asked = 0;
    const pipeline = await start((response) => void response.writeHead((asked += 1) > 2 ? 200 : 503).end());
    const before = dropped('undeliverable');
    pipeline.onEnd(endedSpan());
    await pipeline.shutdown(5000);
    expect(receiver.exports).toHaveLength(3);
    expect(dropped('undeliverable')).toBe(before);
  });

  it('waits for no pause between attempts', async () => {
    receiver = await startOtlpReceiver((response) => void response.writeHead(503, { 'retry-after': '3600' }).end());
    process.env['OTEL_BSP_EXPORT_TIMEOUT'] = '7200000';
    const pipeline = new SpanPipeline({ export: { url: receiver.url, timeoutMs: 7_200_000 } });
    const before = dropped('undeliverable');
    pipeline.onEnd(endedSpan());
    const flushed = pipeline.flush(3_600_000);
    while (receiver.exports.length === 0) await pause(5);
    await pipeline.shutdown(3_600_000);
    await flushed;
    expect(dropped('undeliverable')).toBe(before + 1);
  });

  it('counts spans that end afterwards instead of holding them', async () => {
    const pipeline = await start();
    await pipeline.shutdown(1000);
    await pipeline.shutdown(1000);
    const before = dropped('shutdown');
    pipeline.onEnd(endedSpan());
    expect(dropped('shutdown')).toBe(before + 1);
    expect(receiver.exports).toEqual([]);
  });
});

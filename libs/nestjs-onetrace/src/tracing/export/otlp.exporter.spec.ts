import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { endedSpan } from '../ended-span.fixture.js';
import { setNoticeSink } from '../notice.js';
import { droppedSpans } from './dropped-spans.js';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.fixture.js';
import { OtlpExporter } from './otlp.exporter.js';
import type { EndedSpan } from '../ended-span.js';
import { otlpSettings } from './otlp-settings.js';

let receiver: OtlpReceiver;
let status: number;
let notices: string[];

beforeEach(async () => {
  receiver = await startOtlpReceiver((response) => response.writeHead(status).end());
  notices = [];
  setNoticeSink((message, extra) => {
    if (!message.includes('lost')) notices.push(`${message} ${JSON.stringify(extra)}`);
  });
});
afterEach(() => receiver.stop());

async function sendTo(url: string, spans = [endedSpan()]): Promise<void> {
  const exporter = new OtlpExporter(otlpSettings({ url, timeoutMs: 1000 }, 1000));
  exporter.hurry();
  await exporter.export(spans);
  exporter.abort();
}

describe('spans that nobody takes', () => {
  it.each<[number, RegExp]>([
    [404, /takes no spans \(status 404\); .*base address, to which \/v1\/traces is added/],
    [401, /takes no spans \(status 401\); .*`export\.headers` or OTEL_EXPORTER_OTLP_HEADERS/],
    [500, /takes no spans \(status 500\); its own log says why/],
    [503, /takes no spans \(status 503\); its own log says why/],
  ])('after an answer of %i: what to mend, and no word of starting a receiver', async (answered, expected) => {
    status = answered;
    await sendTo(`${receiver.url.replace('//', '//user:secret@')}/otlp`);
    expect(notices).toEqual([expect.stringMatching(expected)]);
    expect(notices[0]).toContain(`${receiver.url}/otlp/v1/traces takes no spans`);
    expect(notices[0]).not.toMatch(/start a receiver|secret/);
  });

  it('without an answer: where a receiver is missed', async () => {
    await receiver.stop();
    await sendTo(receiver.url);
    receiver = await startOtlpReceiver();
    expect(notices).toEqual([
      expect.stringMatching(/could not be delivered to .*\/v1\/traces; start a receiver there/),
    ]);
  });
});

describe('spans that cannot be written', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['itself'] = cyclic;
  const unreadable = {
    'with a link to nowhere': endedSpan({ links: [{ context: undefined as never }] }),
    'whose trace state throws': endedSpan({
      spanContext: () => ({
        ...endedSpan().spanContext(),
        traceState: {
          serialize: () => {
            throw new Error('no state');
          },
        } as never,
      }),
    }),
    'with an attribute that holds itself': endedSpan({ attributes: { cyclic } as never }),
    'without a time': endedSpan({ startTime: undefined as never }),
  };

  it.each(Object.entries(unreadable))('%s are lost alone, and counted', async (_, odd) => {
    status = 200;
    const before = droppedSpans().get('failure') ?? 0;
    const good = ['first', 'second'].map((name) => endedSpan({ name })) as [EndedSpan, EndedSpan];
    await sendTo(receiver.url, [good[0], odd, good[1]]);
    expect(receiver.exports.map(({ body }) => body)).toEqual([
      Buffer.from(ProtobufTraceSerializer.serializeRequest(good) ?? []),
    ]);
    expect(droppedSpans().get('failure')).toBe(before + 1);
  });

  it('are no request where there is no other, and are counted once', async () => {
    const before = new Map(droppedSpans());
    await sendTo(receiver.url, Object.values(unreadable));
    expect(receiver.exports).toEqual([]);
    expect(Object.fromEntries(droppedSpans())).toEqual({
      ...Object.fromEntries(before),
      failure: (before.get('failure') ?? 0) + Object.keys(unreadable).length,
    });
  });

  it('are not counted again where the others cannot be delivered', async () => {
    status = 400;
    const { failure: failedBefore = 0, undeliverable: before = 0 } = Object.fromEntries(droppedSpans());
    await sendTo(receiver.url, [unreadable['without a time'], endedSpan()]);
    expect(Object.fromEntries(droppedSpans())).toMatchObject({ failure: failedBefore + 1, undeliverable: before + 1 });
  });
});

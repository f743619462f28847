import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endedSpan } from '../ended-span.fixture.js';
import { setNoticeSink } from '../notice.js';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.fixture.js';
import { OtlpExporter } from './otlp.exporter.js';
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

async function sendTo(url: string): Promise<void> {
  const exporter = new OtlpExporter(otlpSettings({ url, timeoutMs: 1000 }, 1000));
  exporter.hurry();
  await exporter.export([endedSpan()]);
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

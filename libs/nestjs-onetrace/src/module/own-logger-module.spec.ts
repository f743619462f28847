import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { collectSpans, type SpanCollector } from '../testing/index.js';
import { TracingService } from '../tracing/index.js';
import { ObservabilityModule } from './observability.module.js';

const lines: Record<string, unknown>[] = [];
const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) };

@Injectable()
class Work {
  constructor(private readonly logger: PinoLogger) {}
  run(): void {
    this.logger.info({ step: 1 }, 'mine');
  }
}

@Module({
  imports: [
    LoggerModule.forRoot({ pinoHttp: [{ level: 'debug', redact: ['step'] }, destination] }),
    ObservabilityModule.forRoot({ component: 'gateway' }),
  ],
  providers: [Work],
})
class App {}

let spans: SpanCollector;
beforeAll(() => {
  spans = collectSpans();
});
afterAll(() => spans.stop());

it("writes the lines of an application's own LoggerModule in the schema, with the trace ID and its redaction", async () => {
  const app = await NestFactory.createApplicationContext(App, { bufferLogs: true });
  app.get(TracingService).startActiveSpan('step', () => app.get(Work).run());
  await app.close();
  expect(lines.find((line) => line['message'] === 'mine')).toMatchObject({
    level: 'INFO',
    component: 'gateway',
    trace_id: spans.spans()[0]?.spanContext().traceId,
    extra: { step: '[Redacted]' },
  });
});

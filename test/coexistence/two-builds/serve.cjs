'use strict';
// Starts the application, asks it once, stops it, and prints what anybody had to say.
const { diag, DiagLogLevel, trace } = require('@opentelemetry/api');

const said = [];
const say = (...words) => said.push(words.map((word) => word?.message ?? String(word)).join(' '));
diag.setLogger({ error: say, warn: say, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
process.on('warning', (warning) => say(warning.name, warning.message));

exports.serve = async ({ tracer, common, core, onetrace }) => {
  class Shop {
    async read() {
      await fetch(process.env.OTHER_SERVICE);
      return tracer.startActiveSpan('own work', (span) => {
        span.end();
        return { traceId: onetrace.currentTraceId() };
      });
    }
  }
  common.Get()(Shop.prototype, 'read', Object.getOwnPropertyDescriptor(Shop.prototype, 'read'));
  common.Controller('hello')(Shop);
  class App {}
  common.Module({
    imports: [onetrace.ObservabilityModule.forRoot({ component: 'shop', logging: { level: 'warn' } })],
    controllers: [Shop],
  })(App);

  const app = await core.NestFactory.create(App, { bufferLogs: true });
  await app.listen(0, '127.0.0.1');
  const response = await fetch(`${await app.getUrl()}/hello`);
  const { traceId } = await response.json();
  await app.close();
  // Whoever asks for a tracer when all is over gets one that records nothing.
  const recordsAfterwards = trace.getTracer('shop').startSpan('late').isRecording();
  process.stdout.write(JSON.stringify({ traceId, recordsAfterwards, said }) + '\n');
};

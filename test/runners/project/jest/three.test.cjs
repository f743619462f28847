const { Module } = require('@nestjs/common');
const { Test } = require('@nestjs/testing');
const { ObservabilityModule, TracingService } = require('nestjs-onetrace');
const { collectTelemetry, expectOneTrace } = require('nestjs-onetrace/testing');
class AppModule {}
Module({ imports: [ObservabilityModule.forRoot({ component: 'cjs' })] })(AppModule);
const telemetry = collectTelemetry({ quiet: true });
let app;
beforeAll(async () => {
  app = await Test.createTestingModule({ imports: [AppModule] }).compile();
  await app.init();
});
afterAll(async () => {
  await app.close();
  await telemetry.stop();
});
it('collects', () => {
  app.get(TracingService).startActiveSpan('outer', () => app.get(TracingService).startActiveSpan('inner', () => 1));
  expect(expectOneTrace(telemetry.spans()).children).toHaveLength(1);
});

import { Controller, Get, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ObservabilityModule, TracingService } from 'nestjs-onetrace';
import { childrenOf, collectTelemetry, expectOneTrace, findSpan } from 'nestjs-onetrace/testing';

/** One suite for every runner: an application of its own, and what its tests see of it. */
export function suite({ describe, it, expect, beforeAll, afterAll, beforeEach }, name) {
  class Things {
    constructor(tracing) {
      this.tracing = tracing;
    }
    one() {
      return this.tracing.startActiveSpan('things.load', () => name);
    }
  }
  Reflect.defineMetadata('design:paramtypes', [TracingService], Things);
  Controller('things')(Things);
  Get(':id')(Things.prototype, 'one', Object.getOwnPropertyDescriptor(Things.prototype, 'one'));
  class AppModule {}
  Module({ imports: [ObservabilityModule.forRoot({ component: name })], controllers: [Things] })(AppModule);

  describe(name, () => {
    let telemetry;
    let app;
    beforeAll(async () => {
      telemetry = collectTelemetry({ quiet: true });
      const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
      app = module.createNestApplication();
      await app.listen(0, '127.0.0.1');
    });
    beforeEach(() => telemetry.reset());
    afterAll(async () => {
      await app.close();
      await telemetry.stop();
    });

    for (const round of [1, 2]) {
      it(`sees the trace of request ${round} and of no other`, async () => {
        const { port } = app.getHttpServer().address();
        const response = await fetch(`http://127.0.0.1:${port}/things/${round}`);
        expect(await response.text()).toBe(name);
        const request = await telemetry.waitFor(({ spans }) => spans().find((span) => span.name === 'GET /things/:id'));
        expect(expectOneTrace(telemetry.spans()).span.spanId).toBe(request.spanId);
        expect(childrenOf(telemetry.spans(), request).map((span) => span.name)).toEqual(['things.load']);
        expect(findSpan(telemetry.spans(), 'things.load').traceId).toBe(response.headers.get('x-trace-id'));
        const [started] = telemetry.lines();
        expect(started.component).toBe(name);
        expect(await telemetry.metrics(app)).toContainEqual({
          name: 'http_requests_total',
          labels: { method: 'GET', route: '/things/:id', status: '200' },
          value: round,
        });
      });
    }
  });
}

import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ObservabilityModule } from 'nestjs-onetrace';
import { TraceIdFilter } from './errors/trace-id.filter.js';
import { HealthController } from './health/health.controller.js';
import { PipelineRuns } from './pipelines/pipeline-runs.service.js';
import { PipelinesController } from './pipelines/pipelines.controller.js';
import { RunRequestPipe } from './pipelines/run-request.pipe.js';
import { TemporalModule } from './temporal/temporal.module.js';

/** The HTTP API that starts pipelines as Temporal workflows. */
@Module({
  imports: [ObservabilityModule.forRoot({ component: 'gateway' }), TemporalModule],
  controllers: [PipelinesController, HealthController],
  providers: [PipelineRuns, RunRequestPipe, { provide: APP_FILTER, useClass: TraceIdFilter }],
})
export class GatewayModule {}

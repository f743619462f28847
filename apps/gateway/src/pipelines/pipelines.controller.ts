import { Body, Controller, Get, HttpStatus, Param, ParseBoolPipe, Post, Query, Res } from '@nestjs/common';
import { DefaultValuePipe } from '@nestjs/common';
import type { Response } from 'express';
import { currentTraceId, identify } from 'nestjs-onetrace';
import { PipelineRuns, type RunView } from './pipeline-runs.service.js';
import { RunRequestPipe } from './run-request.pipe.js';

/** The HTTP API of the pipelines. */
@Controller('v1')
export class PipelinesController {
  constructor(
    private readonly runs: PipelineRuns,
    private readonly request: RunRequestPipe,
  ) {}

  /** Runs a pipeline and answers with its result; with `?wait=false` at once, with 202 and the run's address. */
  @Post('pipelines/:pipeline/runs')
  async run(
    @Param('pipeline') pipeline: string,
    @Body() body: unknown,
    @Query('wait', new DefaultValuePipe(true), ParseBoolPipe) wait: boolean,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RunView> {
    const run = this.request.transform({ pipeline, body });
    identify({ pipelineId: run.pipeline });
    const id = await this.runs.start(run);
    const traceId = currentTraceId();
    const known = { id, ...(traceId === undefined ? {} : { trace_id: traceId }) };
    if (!wait) {
      response.status(HttpStatus.ACCEPTED).location(`/v1/runs/${id}`);
      return { ...known, status: 'running' };
    }
    response.status(HttpStatus.OK);
    return { ...known, status: 'completed', result: await this.runs.result(id) };
  }

  /** How a run is doing. */
  @Get('runs/:id')
  view(@Param('id') id: string): Promise<RunView> {
    return this.runs.view(id);
  }
}

import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type PipelineResult, type PipelineRun, RUN_PIPELINE } from '@onetrace/worker/contract';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { GATEWAY_SETTINGS, type GatewaySettings } from '../settings.js';
import { describeFailure, ResultTimeoutException, toHttpException } from './run-failure.js';

/** A run as its caller sees it. */
export interface RunView {
  /** ID under which the run can be asked for; the workflow ID in Temporal. */
  readonly id: string;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed out';
  readonly result?: PipelineResult;
  readonly error?: string;
  /** Trace that the run belongs to. */
  readonly trace_id?: string;
}

type PipelineWorkflow = (run: PipelineRun) => Promise<PipelineResult>;

const STATUS: Readonly<Record<string, RunView['status']>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed out',
};

/** Starts pipelines as workflows and tells how they are doing. */
@Injectable()
export class PipelineRuns {
  constructor(
    private readonly client: Client,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /**
   * Starts a run.
   * @throws ServiceUnavailableException when Temporal does not take it in time.
   */
  async start(run: PipelineRun): Promise<string> {
    const workflowId = `${run.pipeline}-${randomUUID()}`;
    try {
      await this.client.withDeadline(Date.now() + this.settings.START_TIMEOUT_MS, () =>
        this.client.workflow.start<PipelineWorkflow>(RUN_PIPELINE, {
          workflowId,
          taskQueue: this.settings.TASK_QUEUE,
          args: [run],
          workflowExecutionTimeout: this.settings.RUN_TIMEOUT_MS,
        }),
      );
      return workflowId;
    } catch (error) {
      throw toHttpException(error, this.settings.TEMPORAL_ADDRESS);
    }
  }

  /**
   * Waits for the result of a run.
   * @throws HttpException 502 or 504 by what failed; 504 also when the result has not come in time, while the run goes on.
   */
  async result(id: string): Promise<PipelineResult> {
    const timeout = AbortSignal.timeout(this.settings.RESULT_TIMEOUT_MS);
    try {
      return await this.client.withAbortSignal(timeout, () => this.handle(id).result());
    } catch (error) {
      if (timeout.aborted) throw new ResultTimeoutException(id, this.settings.RESULT_TIMEOUT_MS);
      throw toHttpException(error, this.settings.TEMPORAL_ADDRESS);
    }
  }

  /**
   * How a run is doing, with its result once there is one.
   * @throws NotFoundException when there is no such run.
   */
  async view(id: string): Promise<RunView> {
    try {
      const description = await this.client.withDeadline(Date.now() + this.settings.START_TIMEOUT_MS, () =>
        this.handle(id).describe(),
      );
      const status = STATUS[description.status.name] ?? 'running';
      const traceId = description.searchAttributes['TraceId']?.[0] ?? description.memo?.['trace_id'];
      const view: RunView = { id, status, ...(typeof traceId === 'string' ? { trace_id: traceId } : {}) };
      if (status === 'running') return view;
      if (status === 'completed') return { ...view, result: await this.handle(id).result() };
      return { ...view, error: await this.failureOf(id) };
    } catch (error) {
      throw toHttpException(error, this.settings.TEMPORAL_ADDRESS);
    }
  }

  private async failureOf(id: string): Promise<string> {
    try {
      await this.handle(id).result();
      return 'unknown';
    } catch (error) {
      return describeFailure(error).message;
    }
  }

  private handle(id: string): WorkflowHandle<PipelineWorkflow> {
    return this.client.workflow.getHandle<PipelineWorkflow>(id);
  }
}

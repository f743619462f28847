import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { temporalTracing } from 'nestjs-onetrace/temporal';
import { type ModelAnswer, PipelineActivities } from './activities/pipeline.activities.js';
import type { PipelineRun } from './contract/pipeline.contract.js';
import type { WorkerSettings } from './settings.js';

/** Injection token of the settings. */
export const WORKER_SETTINGS = Symbol('worker settings');

const RECONNECT_MS = 1000;

/** The Temporal worker's life inside the Nest application: connects, works, finishes what it has taken, leaves. */
@Injectable()
export class WorkerHost implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(WorkerHost.name);
  private readonly leaving = new AbortController();
  private running: Promise<void> | undefined;
  private worker: Worker | undefined;

  constructor(
    @Inject(WORKER_SETTINGS) private readonly settings: WorkerSettings,
    private readonly activities: PipelineActivities,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.work().catch((error: unknown) => {
      this.logger.fatal(error, 'the Temporal worker stopped');
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    });
  }

  /** Stops taking work and waits for what is under way; tracing is flushed after this. */
  async onModuleDestroy(): Promise<void> {
    this.leaving.abort();
    if (this.worker?.getState() === 'RUNNING') this.worker.shutdown();
    await this.running;
  }

  private async work(): Promise<void> {
    const tracing = temporalTracing();
    const connection = await this.connect(tracing);
    if (connection === undefined) return;
    try {
      const { activities } = this;
      this.worker = await Worker.create({
        connection,
        namespace: this.settings.namespace,
        taskQueue: this.settings.taskQueue,
        workflowsPath: fileURLToPath(new URL('./workflows/index.js', import.meta.url)),
        activities: {
          preprocess: (run: PipelineRun) => activities.preprocess(run),
          inference: (run: PipelineRun) => activities.inference(run),
          postprocess: (run: PipelineRun, answer: ModelAnswer) => activities.postprocess(run, answer),
        },
        shutdownGraceTime: '5 seconds',
        plugins: [tracing],
      });
      if (this.leaving.signal.aborted) return;
      this.logger.log(`listening on task queue ${this.settings.taskQueue} of ${this.settings.temporalAddress}`);
      await this.worker.run();
    } finally {
      await connection.close();
    }
  }

  /** Waits for the server: in a Compose file nobody promises that it is up first. */
  private async connect(tracing: ReturnType<typeof temporalTracing>): Promise<NativeConnection | undefined> {
    for (let said = false; !this.leaving.signal.aborted; said = true) {
      try {
        return await NativeConnection.connect({ address: this.settings.temporalAddress, plugins: [tracing] });
      } catch (error) {
        if (!said) {
          this.logger.warn(
            `no Temporal server at ${this.settings.temporalAddress} yet; trying again every second`,
            error,
          );
        }
        await delay(RECONNECT_MS, undefined, { signal: this.leaving.signal }).catch(() => undefined);
      }
    }
    return undefined;
  }
}

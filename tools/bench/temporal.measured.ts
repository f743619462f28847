import { randomBytes, randomUUID } from 'node:crypto';
import type { Connection } from '@temporalio/client';
import { CountingReceiver } from './temporal.receiver.ts';
import { WorkflowLoad } from './temporal.load.ts';
import type { OwnCore } from './own-core.ts';
import type { InstalledSdk } from './temporal.packages.ts';
import type { TemporalVariant, Workload } from './temporal.variants.ts';
import { TemporalWorker } from './temporal.worker.ts';

/** Workflows that a client of the variant itself starts. */
const STARTED_BY_ITSELF = 25;
const CACHED = 200;

/** What one variant took in one round. */
export interface TemporalFigures {
  /** Processor time of the worker's process for one workflow, in microseconds. */
  readonly cpu: Readonly<Record<Workload, number>>;
  /** Bytes on the heap of the workflow thread for one workflow in the cache. */
  readonly heap: number;
  /** Bytes of the workflow bundle, minified and gzipped. */
  readonly bundle: number;
  /** Bytes of the history of three activities, started by a client that sets the trace's header only. */
  readonly history: number;
  /** The same, started by a client of the variant, with all that it sets. */
  readonly historyWithStart: number;
  /** Bytes that were sent to the receiver for one workflow with three activities and its start. */
  readonly otlp: number;
  /** Spans that ended and did not come. */
  readonly lost: number;
  /** Lines for one workflow. */
  readonly lines: number;
}

/** One variant in one round: its worker, what was asked of it, and what that took. */
export class MeasuredWorker {
  private readonly variant: TemporalVariant;
  private readonly worker: TemporalWorker;
  private readonly load: WorkflowLoad;
  private readonly receiver: CountingReceiver;
  private readonly spent: Record<Workload, { micros: number; workflows: number }> = {
    threeLocalActivities: { micros: 0, workflows: 0 },
    threeActivities: { micros: 0, workflows: 0 },
  };
  private workflows = 0;
  private lastWorkflowId = '';

  private constructor(
    variant: TemporalVariant,
    worker: TemporalWorker,
    load: WorkflowLoad,
    receiver: CountingReceiver,
  ) {
    this.variant = variant;
    this.worker = worker;
    this.load = load;
    this.receiver = receiver;
  }

  /** Starts the worker. */
  static async start(
    variant: TemporalVariant,
    server: InstalledSdk & { readonly address: string },
    connection: Connection,
    core: OwnCore,
  ): Promise<MeasuredWorker> {
    const receiver = new CountingReceiver();
    // Part of the history and of spans: of one length.
    const taskQueue = `bench-${randomBytes(4).toString('hex')}`;
    const settings = { variant, ...server, receiver: await receiver.listen(), taskQueue };
    const worker = await TemporalWorker.start(settings);
    core.keepFor(worker.pid);
    const load = new WorkflowLoad(connection, taskQueue, variant.tracing !== 'none');
    return new MeasuredWorker(variant, worker, load, receiver);
  }

  /** Has it run workflows for so long, uncounted. */
  async warmUp(workload: Workload, seconds: number): Promise<void> {
    await this.run(workload, seconds);
  }

  /** Has it run workflows for so long. */
  async turn(workload: Workload, seconds: number): Promise<void> {
    const before = await this.worker.figureOf({ do: 'cpu' });
    const workflows = await this.run(workload, seconds);
    // What is put off until a batch is full belongs to the workflows that caused it.
    await this.worker.ask({ do: 'flush' });
    const spent = this.spent[workload];
    spent.micros += (await this.worker.figureOf({ do: 'cpu' })) - before;
    spent.workflows += workflows;
  }

  /** Processor time of the turns so far. */
  get cpu(): TemporalFigures['cpu'] {
    const { threeLocalActivities: local, threeActivities: remote } = this.spent;
    return { threeLocalActivities: local.micros / local.workflows, threeActivities: remote.micros / remote.workflows };
  }

  async figures(): Promise<TemporalFigures> {
    const { cpu, worker, load, receiver, variant } = this;
    const lines = (await worker.settledLines()) / this.workflows;
    const history = await load.historyBytes(this.lastWorkflowId);
    const lost = this.workflows * Math.max(0, variant.spans - 1) - receiver.spans;
    const { bytes, spans } = receiver;
    const workflowIds = Array.from({ length: STARTED_BY_ITSELF }, () => randomUUID());
    await worker.ask({ do: 'run', workload: 'threeActivities', workflowIds });
    await worker.ask({ do: 'flush' });
    const lostOfOwn = STARTED_BY_ITSELF * variant.spans - (receiver.spans - spans);
    const otlp = (receiver.bytes - bytes) / STARTED_BY_ITSELF;
    const historyWithStart = await load.historyBytes(workflowIds[0] ?? '');
    const bundle = await worker.figureOf({ do: 'bundle' });
    const heapBefore = await worker.figureOf({ do: 'heap' });
    await load.leaveWaiting(CACHED);
    const heap = ((await worker.figureOf({ do: 'heap' })) - heapBefore) / CACHED;
    return {
      cpu,
      heap,
      bundle,
      history,
      historyWithStart,
      otlp,
      lost: lost + lostOfOwn,
      lines,
    };
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    this.receiver.close();
  }

  private async run(workload: Workload, seconds: number): Promise<number> {
    const workflowIds = await this.load.run(workload, seconds);
    this.workflows += workflowIds.length;
    this.lastWorkflowId = workflowIds.at(-1) ?? '';
    return workflowIds.length;
  }
}

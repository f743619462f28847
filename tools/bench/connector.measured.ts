import { ConnectorClient } from './connector.client.ts';
import type { ConnectorClientSettings, ConnectorFigures, WorkOrder } from './connector.orders.ts';
import { SpanReceiver } from './span.receiver.ts';

/** Under way at once, where processor time is measured: enough that the process never waits. */
const CONCURRENCY = 16;
const LINES_A_CALL = 4;

/** What is asked of each variant in turns. */
export const WORKLOADS = {
  call: { do: 'call', model: 'instant', concurrency: CONCURRENCY, count: 0 },
  stream: { do: 'stream', model: 'instant', concurrency: CONCURRENCY, count: 0 },
  throughput: { do: 'call', model: 'instant', concurrency: 32, count: 0 },
  patientThroughput: { do: 'call', model: 'patient', concurrency: 32, count: 0 },
} as const satisfies Record<string, Omit<WorkOrder, 'seconds'>>;
export type Workload = keyof typeof WORKLOADS;

/** The engine compiles what it has seen often, in several steps, and compiles calls anew once it has seen streams. */
const WARM_UP = [
  { ...WORKLOADS.call, seconds: 1, count: 30_000 },
  { ...WORKLOADS.stream, seconds: 1, count: 128 },
  { do: 'abort', model: 'instant', concurrency: CONCURRENCY, seconds: 0, count: 200 },
  { ...WORKLOADS.call, seconds: 2, count: 30_000 },
] as const satisfies readonly WorkOrder[];

/** Calls and abandoned streams after which no more memory is in use than before. */
const ENDURANCE = [
  { ...WORKLOADS.call, seconds: 0, count: 100_000 },
  { do: 'abort', model: 'instant', concurrency: CONCURRENCY, seconds: 0, count: 1000 },
] as const satisfies readonly WorkOrder[];

/** One variant in one round: its client, what was asked of it, and what that took. */
export class MeasuredClient {
  private readonly settings: ConnectorClientSettings;
  private readonly client: ConnectorClient;
  private readonly receiver: SpanReceiver;
  private readonly figures = new Map<Workload, ConnectorFigures>();
  private linesBefore = 0;
  private calls = 0;

  private constructor(settings: ConnectorClientSettings, client: ConnectorClient, receiver: SpanReceiver) {
    this.settings = settings;
    this.client = client;
    this.receiver = receiver;
  }

  /** Starts the client and warms it up. */
  static async start(given: Omit<ConnectorClientSettings, 'receiver'>): Promise<MeasuredClient> {
    const receiver = new SpanReceiver();
    const settings = { ...given, receiver: await receiver.listen() };
    const measured = new MeasuredClient(settings, await ConnectorClient.start(settings), receiver);
    for (const order of WARM_UP) await measured.client.figuresOf(order);
    measured.linesBefore = await measured.client.settledLines();
    return measured;
  }

  /** Has it work for so long. */
  async turn(workload: Workload, seconds: number): Promise<void> {
    const more = await this.client.figuresOf({ ...WORKLOADS[workload], seconds });
    const before = this.figures.get(workload) ?? { calls: 0, events: 0, cpu: 0, seconds: 0, bytes: 0 };
    this.figures.set(workload, {
      calls: before.calls + more.calls,
      events: before.events + more.events,
      cpu: before.cpu + more.cpu,
      seconds: before.seconds + more.seconds,
      bytes: 0,
    });
    this.calls += more.calls;
  }

  /**
   * What the turns of a workload took together.
   *
   * @throws {Error} when there were none
   */
  of(workload: Workload): ConnectorFigures {
    const figures = this.figures.get(workload);
    if (figures === undefined) throw new Error(`"${this.settings.variant.name}" was not asked for ${workload}`);
    return figures;
  }

  /** @throws {Error} when it wrote another number of lines than it should, or sent no spans where it should send them. */
  async check(): Promise<void> {
    const { variant } = this.settings;
    const lines = (await this.client.settledLines()) - this.linesBefore;
    const expected = variant.lines ? this.calls * LINES_A_CALL : 0;
    if (lines !== expected) throw new Error(`"${variant.name}" wrote ${lines} lines, not ${expected}`);
    const { bytes } = this.receiver;
    if (variant.recording !== bytes > 0) throw new Error(`"${variant.name}" sent ${bytes} bytes of spans`);
  }

  /** Bytes that are in use more after many calls, and after many abandoned streams. */
  async growth(): Promise<number[]> {
    const grown: number[] = [];
    for (const order of ENDURANCE) {
      const { bytes: before } = await this.client.figuresOf({ do: 'used' });
      await this.client.figuresOf(order);
      grown.push((await this.client.figuresOf({ do: 'used' })).bytes - before);
    }
    return grown;
  }

  async stop(): Promise<void> {
    await this.client.stop();
    this.receiver.close();
  }
}

import type { TemporalOrder, TemporalReply, TemporalWorkerSettings } from './temporal.orders.ts';
import { VariantProcess } from './variant.process.ts';

/** A worker of one variant. */
export class TemporalWorker extends VariantProcess<TemporalOrder, TemporalReply> {
  /** Resolves when it takes tasks. */
  static async start(settings: TemporalWorkerSettings): Promise<TemporalWorker> {
    const worker = new TemporalWorker('temporal.process.ts', settings);
    await worker.ready();
    return worker;
  }

  /** The value of the answer to an order. */
  async figureOf(order: TemporalOrder): Promise<number> {
    const { value } = await this.ask(order);
    if (value === undefined) throw new Error(`a worker answered ${order.do} without a value`);
    return value;
  }
}

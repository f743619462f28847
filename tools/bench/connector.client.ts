import type { ConnectorClientSettings, ConnectorFigures, ConnectorOrder, ConnectorReply } from './connector.orders.ts';
import { VariantProcess } from './variant.process.ts';

/** A client of one variant. */
export class ConnectorClient extends VariantProcess<ConnectorOrder, ConnectorReply> {
  /** Resolves when it takes orders. */
  static async start(settings: ConnectorClientSettings): Promise<ConnectorClient> {
    const client = new ConnectorClient('connector.process.ts', settings, ['--expose-gc']);
    await client.ready();
    return client;
  }

  /** What an order took. */
  async figuresOf(order: ConnectorOrder): Promise<ConnectorFigures> {
    const { figures } = await this.ask(order);
    if (figures === undefined) throw new Error(`a client answered ${order.do} without figures`);
    return figures;
  }
}

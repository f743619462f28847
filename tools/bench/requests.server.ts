import type { Platform, RequestVariant } from './requests.variants.ts';
import { VariantProcess, type VariantReply } from './variant.process.ts';

/** What a server process is started with. */
export interface RequestServerSettings {
  readonly platform: Platform;
  readonly variant: RequestVariant;
  /** URL of the receiver of spans. */
  readonly receiver: string;
}

/** What it says: its port when it listens, and then the processor time of all its threads so far, in microseconds. */
export interface RequestServerReply extends VariantReply {
  readonly port?: number;
  readonly cpu?: NodeJS.CpuUsage;
}

/** A server of one variant. */
export class RequestServer extends VariantProcess<{ readonly do: 'cpu' }, RequestServerReply> {
  port = 0;

  static async start(settings: RequestServerSettings): Promise<RequestServer> {
    const server = new RequestServer('requests.process.ts', settings);
    const { port } = await server.ready();
    if (port === undefined) throw new Error('a server began without its port');
    server.port = port;
    return server;
  }

  /** Processor time of all its threads since it was started, in microseconds. */
  async processorTime(): Promise<number> {
    const { cpu } = await this.ask({ do: 'cpu' });
    if (cpu === undefined) throw new Error('a server answered without its processor time');
    return cpu.user + cpu.system;
  }
}

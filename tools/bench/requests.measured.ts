import { RequestLoad } from './requests.load.ts';
import { RequestServer } from './requests.server.ts';
import type { Platform, RequestVariant } from './requests.variants.ts';
import { SpanReceiver } from './span.receiver.ts';

/** Requests before the counted ones: the engine compiles what it has seen often, in several steps. */
const WARM_UP = { requests: 10_000, seconds: 1 };

/** One variant in one round: its server, what was asked of it, and what that took. */
export class MeasuredVariant {
  private readonly variant: RequestVariant;
  private readonly server: RequestServer;
  private readonly load: RequestLoad;
  private readonly receiver: SpanReceiver;
  private linesBefore = 0;
  private requests = 0;
  /** Processor time, in microseconds. */
  private timeBefore = 0;

  private constructor(variant: RequestVariant, server: RequestServer, receiver: SpanReceiver) {
    this.variant = variant;
    this.server = server;
    this.receiver = receiver;
    this.load = new RequestLoad(server.port);
  }

  /** Starts the server and warms it up. */
  static async start(platform: Platform, variant: RequestVariant): Promise<MeasuredVariant> {
    const receiver = new SpanReceiver();
    const server = await RequestServer.start({ platform, variant, receiver: await receiver.listen() });
    const measured = new MeasuredVariant(variant, server, receiver);
    await measured.load.send(WARM_UP);
    measured.linesBefore = await server.settledLines();
    measured.timeBefore = await server.processorTime();
    return measured;
  }

  /** Asks it for so long. */
  async turn(seconds: number): Promise<void> {
    this.requests += await this.load.send({ requests: 0, seconds });
  }

  /**
   * Microseconds of processor time a request.
   *
   * @throws {Error} when there was another number of lines than there should be, or no spans where there should be any.
   */
  async result(): Promise<number> {
    const { variant, requests, receiver } = this;
    // What a server puts off, such as lines that it writes later, belongs to the requests that caused it.
    const lines = (await this.server.settledLines()) - this.linesBefore;
    const time = (await this.server.processorTime()) - this.timeBefore;
    if (lines !== requests * variant.lines) {
      throw new Error(`"${variant.name}" wrote ${lines} lines in ${requests} requests, not ${variant.lines} in each`);
    }
    if (variant.recording !== receiver.bytes > 0) {
      throw new Error(`"${variant.name}" sent ${receiver.bytes} bytes of spans`);
    }
    return time / requests;
  }

  async stop(): Promise<void> {
    await this.load.end();
    await this.server.stop();
    this.receiver.close();
  }
}

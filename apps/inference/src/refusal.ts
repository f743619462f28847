import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BodyError } from './json-body.reader.js';

const LONGEST_MS = 60_000;

/**
 * Reads the body of `POST /_faults`: for how many milliseconds connections shall be refused.
 *
 * @throws BodyError
 */
export function readRefusal(body: Readonly<Record<string, unknown>>): number {
  const { mode, ms } = body;
  if (mode !== 'refuse' || !Number.isInteger(ms) || (ms as number) < 1 || (ms as number) > LONGEST_MS) {
    throw new BodyError(400, `expected {"mode":"refuse","ms":1 to ${LONGEST_MS}}`);
  }
  return ms as number;
}

/** Closes the listener and every connection, and listens again on the same port after a while. */
export class Refusal {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly server: Server) {}

  start(ms: number): void {
    const { address, port } = this.server.address() as AddressInfo;
    this.server.close();
    this.server.closeAllConnections();
    this.timer = setTimeout(() => this.server.listen(port, address), ms);
  }

  /** Stops listening for good. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

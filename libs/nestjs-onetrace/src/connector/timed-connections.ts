import type { Socket } from 'node:net';
import { buildConnector, errors } from 'undici';

/**
 * Makes connections that are given up when they are not usable in time: name look-up, TCP and TLS. undici's own timeout for that is exact to half a
 * second only.
 */
export class TimedConnections {
  private readonly underWay = new Set<Socket>();
  private readonly begin = buildConnector({ timeout: 0 }) as (
    ...parameters: Parameters<buildConnector.connector>
  ) => Socket;

  constructor(private readonly ms: number) {}

  /** Makes one; what undici takes as `connect`. */
  readonly connect: buildConnector.connector = (options, callback) => {
    const timer = setTimeout(() => socket.destroy(new errors.ConnectTimeoutError()), this.ms);
    const socket = this.begin(options, (...result) => {
      clearTimeout(timer);
      this.underWay.delete(socket);
      callback(...result);
    });
    this.underWay.add(socket);
  };

  /** Gives up all that are being made: undici's pool, when it is destroyed, leaves them alone. */
  giveUp(): void {
    for (const socket of this.underWay) socket.destroy(new errors.ClientDestroyedError());
  }
}

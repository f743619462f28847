import type { Socket } from 'node:net';
import { buildConnector, errors } from 'undici';

/**
 * Makes connections that are given up when they are not usable in time: name look-up, TCP and TLS. undici's own timeout for that is exact to half a
 * second only.
 */
export function connectWithin(ms: number): buildConnector.connector {
  const connect = buildConnector({ timeout: 0 }) as (...parameters: Parameters<buildConnector.connector>) => Socket;
  return (options, callback) => {
    const timer = setTimeout(() => socket.destroy(new errors.ConnectTimeoutError()), ms);
    const socket = connect(options, (...result) => {
      clearTimeout(timer);
      callback(...result);
    });
  };
}

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { safely } from '../tracing/index.js';

const waiting = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back once the connection of a request is closed, after everything that Node.js says about it, unless the returned function
 * was called before. Node.js says nothing of an answer that waits behind another one (pipelining) on a connection that it gives up
 * or hands over, at a CONNECT or an upgrade. One listener a connection, however many requests come over it.
 */
export function onConnectionClose({ socket, httpVersionMajor }: IncomingMessage, callback: () => void): () => void {
  // A stream of HTTP/2 closes by itself; injected requests have no socket of their own.
  if (httpVersionMajor > 1 || typeof (socket as Partial<Socket> | null)?.once !== 'function') return () => undefined;
  let callbacks = waiting.get(socket);
  if (callbacks === undefined) {
    const listening = (callbacks = new Set());
    waiting.set(socket, callbacks);
    socket.once('close', () =>
      setImmediate(() => listening.forEach((listener) => safely('connection close', listener))),
    );
  }
  const listeners = callbacks;
  listeners.add(callback);
  return () => listeners.delete(callback);
}

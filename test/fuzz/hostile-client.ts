import { connect } from 'node:net';
import type { HostileConnection } from './hostile-connection.arbitrary.ts';

/** How long an answer is waited for, in milliseconds: many of these requests are never complete, and the server is right to wait. */
const PATIENCE_MS = 250;

/** Plays the connections against a port, some at a time. Never rejects: a hostile client takes what comes. */
export async function play(port: number, connections: readonly HostileConnection[], atOnce: number): Promise<void> {
  const waiting = connections.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const connection of waiting) await playOne(port, connection);
    }),
  );
}

function playOne(port: number, { chunks, ending }: HostileConnection): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    const impatience = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(impatience);
      resolve();
    });
    socket.once('data', () => socket.resume().end());
    socket.on('connect', () => {
      const [first, ...rest] = chunks;
      if (first !== undefined) socket.write(first);
      // A turn between the pieces, so that they come as pieces.
      const next = (): void => {
        const chunk = rest.shift();
        if (socket.destroyed) return;
        if (chunk !== undefined) {
          socket.write(chunk);
          setImmediate(next);
        } else if (ending === 'end') socket.end();
        else if (ending === 'vanish') socket.resetAndDestroy();
      };
      setImmediate(next);
    });
  });
}

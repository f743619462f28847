import { countDroppedLines } from '../context/index.js';
import { answered } from './flushed.js';
import type { Transport } from './transport-traits.js';

const noted = new WeakSet<Transport>();
const running = new Set<WeakRef<Transport>>();

/** Notes a transport that gets lines, until it is closed or forgotten. */
export function noteTransport(transport: Transport): void {
  if (noted.has(transport)) return;
  noted.add(transport);
  const reference = new WeakRef(transport);
  running.add(reference);
  transport.once('close', () => running.delete(reference));
}

/**
 * Ends all transports, and waits until they have written what they have, at most two seconds: when a signal kills the
 * process pino itself does not, and `flush` only says that their thread has the lines.
 */
export async function endTransports(): Promise<void> {
  await Promise.all(
    [...running].map(async (reference) => {
      const transport = reference.deref();
      if (transport === undefined) running.delete(reference);
      else await end(transport);
    }),
  );
}

async function end(transport: Transport): Promise<void> {
  await answered((done) => {
    transport.once('close', done);
    transport.end();
    // It would fail with an error that nobody listens for.
    transport.write = () => void countDroppedLines(1, 'closed');
  });
}

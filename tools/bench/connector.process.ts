/** `node --expose-gc connector.process.ts <settings as JSON>`: a client of one variant in a process of its own. Its lines go to stdout. */
import { modelClient } from './connector.clients.ts';
import type {
  ConnectorClientSettings,
  ConnectorFigures,
  ConnectorOrder,
  ConnectorReply,
  WorkOrder,
} from './connector.orders.ts';

/** Events that are read of a stream that is left. */
const EVENTS_BEFORE_ABORT = 3;
const NOTHING: ConnectorFigures = { calls: 0, events: 0, cpu: 0, seconds: 0, bytes: 0 };

const settings = JSON.parse(process.argv[2] ?? '') as ConnectorClientSettings;
const client = await modelClient(settings);

process.on('message', (order: ConnectorOrder) => {
  obey(order).then(
    (figures) => reply({ figures }),
    (error: unknown) => reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.once('disconnect', () => process.exit());
reply({});

function reply(answer: ConnectorReply): void {
  process.send?.(answer);
}

async function obey(order: ConnectorOrder): Promise<ConnectorFigures> {
  if (order.do === 'used') {
    await client.flush();
    // What is freed in one collection may free more in the next.
    for (let times = 0; times < 3; times += 1) globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return { ...NOTHING, bytes: heapUsed + external };
  }
  const { concurrency, seconds, count } = order;
  const started = performance.now();
  const before = process.cpuUsage();
  const until = started + seconds * 1000;
  let [calls, events] = [0, 0];
  const one = async (): Promise<void> => {
    while (calls < count || performance.now() < until) {
      calls += 1;
      const came = await carryOut(order);
      events += came;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  const took = (performance.now() - started) / 1000;
  // What is put off until a batch is full belongs to the calls that caused it.
  await client.flush();
  const { user, system } = process.cpuUsage(before);
  return { calls, events, cpu: user + system, seconds: took, bytes: 0 };
}

/** Gives the number of events that came. */
async function carryOut({ do: what, model }: WorkOrder): Promise<number> {
  if (what === 'call') {
    if ((await client.call(model)) === 0) throw new Error('the answer has no text');
    return 0;
  }
  const abort = new AbortController();
  let events = 0;
  try {
    for await (const event of await client.stream(model, abort.signal)) {
      if (Object.keys(event).length > 0) events += 1;
      if (what === 'abort' && events === EVENTS_BEFORE_ABORT) abort.abort();
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
  return events;
}

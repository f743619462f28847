import { safely } from '../tracing/index.js';
import type { Exchange } from './attempt.runner.js';
import type { CallRecord } from './call.record.js';
import { endedEarly, type EventReader, ResponseProblem, type StreamCall } from './connector.call.js';
import type { ConnectorError } from './connector.error.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { readEvents, type SilenceLimit } from './event-stream.js';
import { ExchangeFailure } from './exchange.failure.js';
import { ModelStream } from './model-stream.js';
import type { OpenedResponse } from './opened-response.js';
import { LAST_WORD_MS } from './silence.timer.js';

type Limits = Pick<ResolvedConnectorOptions, 'timeouts' | 'maxEventCharacters'>;

const EVENT_STREAM = /^text\/event-stream\b/i;

/**
 * Waits for the first item of a streamed answer and hands the stream over. From then on the stream ends call and attempt, once, whatever happens.
 *
 * @throws ExchangeFailure, ResponseProblem, StreamedError
 */
export async function openStream<Item>(
  exchange: Exchange,
  call: StreamCall<Item>,
  record: CallRecord,
  limits: Limits,
): Promise<ModelStream<Item>> {
  const { response, attempt } = exchange;
  const { deadline } = attempt;
  const reader = call.events();
  const items = readItems(response, reader, limits);
  const first = await items.next();
  // Whoever aborts as it comes is heard by nobody else: the signal has told already.
  if (deadline.interruption !== undefined) {
    response.close();
    throw new ExchangeFailure('interrupted', { status: response.status });
  }
  record.firstItem();
  const onDeadline = (): void => stream.fail(new ExchangeFailure('interrupted', { status: response.status }));
  const end = (): void => {
    deadline.unlisten(onDeadline);
    deadline[Symbol.dispose]();
    response.close();
  };
  const outcome = () => safely('connector outcome', () => reader.describe());
  const stream: ModelStream<Item> = new ModelStream(first, items, {
    completed: () => {
      end();
      exchange.record.completed(response.status, response.bytes);
      record.completed(outcome());
    },
    stopped: () => {
      end();
      exchange.record.completed(response.status, response.bytes, { stopped: true });
      record.stopped(outcome());
    },
    failed: (thrown): ConnectorError => {
      const error = exchange.toError(thrown, true);
      end();
      exchange.record.failed(error, undefined, deadline.cancelledBy);
      record.failed(error, outcome(), deadline.cancelledBy);
      return error;
    },
  });
  deadline.listen(onDeadline);
  return stream;
}

async function* readItems<Item>(
  response: OpenedResponse,
  reader: EventReader<Item>,
  { timeouts, maxEventCharacters }: Limits,
): AsyncGenerator<Item, void, undefined> {
  const type = response.headers['content-type'];
  if (!EVENT_STREAM.test(type ?? '')) {
    response.close();
    if (type === undefined) throw new ResponseProblem('its content type is missing instead of an event stream');
    throw new ResponseProblem('its content type is ', type, ' instead of an event stream');
  }
  const firstUntil = performance.now() + timeouts.firstTokenMs;
  let any = false;
  let endsAt: number | undefined;
  const limit = (): SilenceLimit => {
    if (reader.saidLast) {
      // Comments of a proxy that keeps the connection alive do not make it longer.
      endsAt ??= performance.now() + LAST_WORD_MS;
      return { ms: Math.max(1, endsAt - performance.now()), kind: 'idle-timeout' };
    }
    return any
      ? { ms: timeouts.idleMs, kind: 'idle-timeout' }
      : { ms: Math.max(1, firstUntil - performance.now()), kind: 'first-event-timeout' };
  };
  try {
    for await (const data of readEvents(response, maxEventCharacters, limit)) {
      const item = reader.read(data);
      if (item === undefined) continue;
      any = true;
      yield item;
    }
  } catch (error) {
    // Nothing is missing of what the server had to say.
    if (!(error instanceof ExchangeFailure) || error.kind === 'interrupted') throw error;
    if (reader.saidLast || (reader.isComplete(false) && error.kind === 'idle-timeout')) return;
    throw error;
  }
  if (!reader.isComplete(true)) throw endedEarly();
}

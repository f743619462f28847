import { createParser } from 'eventsource-parser';
import { ExchangeFailure } from './exchange.failure.js';
import type { OpenedResponse } from './opened-response.js';

/** How long a stream may be silent before its next event, in milliseconds, and what it is called when it is longer. */
export interface SilenceLimit {
  readonly ms: number;
  readonly kind: 'first-event-timeout' | 'idle-timeout';
}

/**
 * The data of the server-sent events of a response, by the HTML Standard's section on event streams; comments, types and IDs of events are
 * left out. What stands behind the last blank line is no event, as the standard says. The response is closed when its reader stops.
 *
 * @param maxCharacters of one event; a server that sends more may never end it.
 * @param limit asked before each wait for the server; the time that the reader takes does not count.
 * @throws ExchangeFailure
 */
export async function* readEvents(
  response: OpenedResponse,
  maxCharacters: number,
  limit: () => SilenceLimit,
): AsyncGenerator<string, void, undefined> {
  const events: string[] = [];
  let tooLong = false;
  const parser = createParser({
    onEvent: ({ data }) => {
      // The parser itself minds only what has not ended yet.
      if (data.length > maxCharacters) tooLong = true;
      else if (!tooLong) events.push(data);
    },
    onError: ({ type }) => (tooLong ||= type === 'max-buffer-size-exceeded'),
    maxBufferSize: maxCharacters,
  });
  const decoder = new TextDecoder();
  const chunks = response.chunks();
  try {
    for (;;) {
      const chunk = await nextInTime(chunks, response, limit());
      if (chunk.done === true) return;
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      // What came before it counts, such as the last word.
      yield* events.splice(0);
      if (tooLong) throw new ExchangeFailure('event-too-large', { status: response.status });
    }
  } finally {
    response.close();
  }
}

async function nextInTime(
  chunks: AsyncIterator<Buffer, void>,
  response: OpenedResponse,
  { ms, kind }: SilenceLimit,
): Promise<IteratorResult<Buffer, void>> {
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    response.close();
  }, ms);
  try {
    return await chunks.next();
  } catch (error) {
    throw isOver ? new ExchangeFailure(kind, { status: response.status }) : error;
  } finally {
    clearTimeout(timer);
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import { createParser } from 'eventsource-parser';
import { safely } from '../tracing/index.js';
import { type CallOutcome, endedEarly, type EventReader } from './connector.call.js';
import type { ReceivedResponse } from './received-response.js';

/** Reads the answer of a model. */
export interface AnswerReader {
  /**
   * What a 2xx answer that came as a whole says about itself.
   *
   * @throws ResponseProblem
   */
  whole(response: ReceivedResponse): CallOutcome;
  /** Reads the events of a streamed answer. */
  events(): EventReader<unknown>;
}

/** Bytes of a whole answer, and characters of an event, that are kept to be read: what is longer is not looked at. */
const LONGEST_READ = 4 * 1024 * 1024;
/** Bytes of an error's body that are kept: enough for every server's words. */
const LONGEST_WORDS = 64 * 1024;
const EVENT_STREAM = /^text\/event-stream\b/i;

/** What was found out about an answer. */
export interface WatchedAnswer {
  readonly outcome?: CallOutcome | undefined;
  /** Why it is none; what a stream says of an error of its own is one too. */
  readonly problem?: unknown;
}

/**
 * Looks at the body of a response while its client reads it. It keeps one event of a stream, and of a whole answer no more than is worth it; it
 * never slows, changes or breaks what the client gets.
 */
export class AnswerWatch {
  /** Whether silence counts: the answer of a model in events. */
  readonly isStream: boolean;
  /** Whether the first item of a stream has come. */
  hasItem = false;
  private readonly events: EventReader<unknown> | undefined;
  private readonly decoder = new TextDecoder();
  private readonly parser;
  private readonly longest: number;
  private chunks: Buffer[] = [];
  private bytes = 0;
  private problem: unknown;
  private isBlind: boolean;

  constructor(
    private readonly status: number,
    private readonly headers: IncomingHttpHeaders,
    private readonly reader: AnswerReader | undefined,
  ) {
    const encoding = headers['content-encoding'] ?? 'identity';
    const isFailure = status >= 400;
    this.isStream = reader !== undefined && !isFailure && EVENT_STREAM.test(headers['content-type'] ?? '');
    this.isBlind = encoding !== 'identity' || (reader === undefined && !isFailure) || status === 204;
    this.longest = isFailure ? LONGEST_WORDS : LONGEST_READ;
    if (!this.isStream || this.isBlind) return;
    this.events = reader?.events();
    this.parser = createParser({
      onEvent: ({ data }) => this.read(data),
      onError: ({ type }) => (this.isBlind ||= type === 'max-buffer-size-exceeded'),
      maxBufferSize: LONGEST_READ,
    });
  }

  /** Whether the server has said that nothing follows. */
  get saidLast(): boolean {
    return this.events?.saidLast ?? false;
  }

  /** Whether nothing is missing of what the server had to say. */
  get isComplete(): boolean {
    return this.events?.isComplete(false) ?? false;
  }

  /** The server's words, as far as they came. */
  get words(): string {
    return Buffer.concat(this.chunks).subarray(0, this.longest).toString('utf8');
  }

  take(chunk: Buffer): void {
    // Of a stream that cannot be read each piece counts.
    if (this.isBlind) this.hasItem = this.isStream;
    if (this.isBlind) return;
    if (this.parser !== undefined) {
      const { parser } = this;
      if (this.problem === undefined)
        safely('connector answer', () => parser.feed(this.decoder.decode(chunk, { stream: true })));
      if (this.isBlind) this.hasItem = true;
      return;
    }
    if (this.bytes < this.longest) this.chunks.push(chunk);
    this.bytes += chunk.length;
    if (this.status < 400 && this.bytes > this.longest) this.isBlind = true;
    if (this.isBlind) this.chunks = [];
  }

  /** @param ended whether the server ended the body in order. */
  end(ended: boolean): WatchedAnswer {
    return safely('connector answer', () => this.finish(ended)) ?? {};
  }

  private finish(ended: boolean): WatchedAnswer {
    const { events, reader, status, headers } = this;
    if (events !== undefined) {
      const isShort = ended && !this.isBlind && !events.isComplete(true);
      const problem = isShort ? endedEarly() : undefined;
      return { outcome: events.describe(), problem: this.problem ?? problem };
    }
    if (this.isBlind || reader === undefined || !ended || status >= 300) return {};
    try {
      return { outcome: reader.whole({ status, headers, body: Buffer.concat(this.chunks) }) };
    } catch (problem) {
      return { problem };
    }
  }

  private read(data: string): void {
    if (this.problem !== undefined) return;
    try {
      if (this.events?.read(data) !== undefined) this.hasItem = true;
    } catch (problem) {
      this.problem = problem;
    }
  }
}

import type { DestinationStream } from 'pino';

/** pino tells a stream that has this what each line's level is. */
export const METADATA = Symbol.for('pino.metadata');

/** What `pino.multistream` gives. */
interface Multistream extends DestinationStream {
  readonly streams: { stream: DestinationStream }[];
}

/** Whether a stream hands its lines to several others. */
export function isMultistream(stream: object): stream is Multistream {
  return METADATA in stream && Array.isArray((stream as { streams?: unknown }).streams);
}
